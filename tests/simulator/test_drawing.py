"""What is drawn of a design: who calls whom, and what a node was told."""

from __future__ import annotations

from greenroom.simulator.design.drawing import arrows, drawn
from greenroom.simulator.design.reading import read

TEXT = """\
round: {slo: {rps: 100}}
nodes:
  edge: {kind: lb}
  api: {kind: async_api, copies: 3}
  cache: {kind: redis}
  db: {kind: postgres}
  model: {kind: model_server, ms: "4 + 0.5*n", batch: 8}
  rules: {kind: worker}
  events: {kind: queue}
  writer: {kind: worker}
flows: {ask: "edge > api 1ms > cache ?miss db > (model | rules) > ?10% db x2 > api 1ms"}
after: {ask: "events > writer"}
"""


def test_who_waits_for_others_calls_them_and_going_back_is_no_arrow() -> None:
    found = {(one.source, one.target): (one.sort, one.label) for one in arrows(read(TEXT))}
    assert found == {
        ("edge", "api"): ("call", ""),
        ("api", "cache"): ("call", ""),
        ("cache", "db"): ("miss", "miss"),
        ("api", "model"): ("call", ""),
        ("api", "rules"): ("call", ""),
        ("api", "db"): ("call", "10 % x2"),
        ("api", "events"): ("after", ""),
        ("events", "writer"): ("call", ""),
    }


def test_a_node_shows_what_is_written_and_what_holds() -> None:
    made = drawn(read(TEXT), {"nodes": {"api": {"kind": "async_api", "copies": 3}}})
    api = next(one for one in made["nodes"] if one["name"] == "api")
    fields = {one["name"]: one for one in api["fields"]}
    assert (api["size"], api["times_in_flows"], api["flows"]) == (3, [1.0], ["ask"])
    assert (fields["copies"]["written"], fields["copies"]["value"]) == (3, 3)
    assert (fields["workers"]["written"], fields["workers"]["value"]) == (None, 1)
    model = next(one for one in made["nodes"] if one["name"] == "model")
    assert model["ms"] == "4 + 0.5*n"
