"""The formulas behind a run: right by themselves, and near to what the run has measured."""

from __future__ import annotations

import re

import pytest
from tests.simulator.running import ran

from greenroom.simulator.explaining import as_json, erlang_c, explained

TEXT = """\
round: {slo: {rps: 200}}
nodes:
  api: {kind: async_api, copies: 2, law: exponential}
  cache: {kind: redis, hit: 0.9}
  db: {kind: postgres, cores: 2, law: exponential}
  model: {kind: model_server, copies: 1, batch: 4, wait_ms: 2, ms: "4 + n"}
flows: {all: "api 6ms > cache ?miss db 40ms > model"}
seconds: 20
"""


@pytest.mark.parametrize(
    ("servers", "load", "chance"), [(1, 0.5, 0.5), (2, 1.0, 1 / 3), (5, 4.0, 0.55411), (3, 3.0, 1.0), (4, 0.0, 0.0)]
)
def test_erlang_c_is_what_the_tables_say(servers: int, load: float, chance: float) -> None:
    assert erlang_c(servers, load) == pytest.approx(chance, rel=1e-4)


def test_a_run_is_explained_with_its_own_numbers() -> None:
    outcome = ran(TEXT)
    found = {(one.law, one.node): one for one in explained(outcome)}
    uses = {use.node: use for use in outcome.uses if not use.part}
    for node in ("api", "db"):
        law = found["Utilisation law", node]
        share = float(re.findall(r"= (\d+) %", law.filled)[0]) / 100
        assert share == pytest.approx(uses[node].utilisation, abs=0.03)
    waits = {
        node: float(re.findall(r"([\d.]+) ms of waiting", found["Erlang C", node].says)[0])
        for node in uses
        if ("Erlang C", node) in found
    }
    measured = {node: 1000 * uses[node].queue / uses[node].served_rps for node in waits}
    assert waits["db"] == pytest.approx(measured["db"], rel=0.35)
    assert (
        measured["api"] < waits["api"] < 2 * measured["api"]
    )  # its copies take turns, which Erlang C knows nothing of
    held = float(found["Little's law", ""].filled.rpartition("= ")[2])
    assert held == pytest.approx(outcome.throughput.value * outcome.mean_ms.value / 1000, rel=0.01)
    assert "4 requests in the mean" in found["Batching", "model"].says
    assert found["Misses of a cache", "cache"].filled.endswith("= 20/s")
    assert set(as_json(list(found.values()))[0]) == {"law", "node", "formula", "filled", "says"}


def test_who_is_full_is_told_that_its_queue_grows() -> None:
    outcome = ran(TEXT.replace("api 6ms", "api 12ms"))
    full = next(one for one in explained(outcome) if (one.law, one.node) == ("Erlang C", "api"))
    assert full.formula == "A = X · S ≥ c"
    assert "grows" in full.says
