"""Edits of a design's text: what was asked for is done, and nothing else is touched."""

from __future__ import annotations

import difflib

import pytest
import yaml

from greenroom.kernel.errors import GreenroomError, InputError
from greenroom.simulator.design.drawing import drawn
from greenroom.simulator.design.editing import Edit, edited
from greenroom.simulator.design.reading import read

TEXT = """\
# my design
design: shop   # its name
round: {slo: {rps: 100}}
estimate: {peak_rps: 2000}
nodes:
  edge:   {kind: lb}
  # the api
  api:
    kind: async_api   # event loop
    copies: 3

  feats:  {kind: redis, hit: 0.97}  # cache
  fdb:    {kind: postgres, query_ms: 3}
flows: {score: "edge > api 0.8ms > feats ?miss fdb > api 0.7ms"}
after:
  score: feats > fdb
calls: {fdb: {timeout_ms: 200}}
faults:
  - {at: 20, for: 5, kill: fdb}
  - {at: 30, for: 5, cold: feats}
bottleneck: fdb
reasons: |
  Because api is fast.
"""


def changed(edit: Edit, text: str = TEXT) -> tuple[list[str], list[str]]:
    """The lines that went, and those that came."""
    lines = list(difflib.unified_diff(text.splitlines(), edited(text, edit).splitlines(), n=0, lineterm=""))[2:]
    return [one[1:] for one in lines if one[0] == "-"], [one[1:] for one in lines if one[0] == "+"]


@pytest.mark.parametrize(
    ("edit", "went", "came"),
    [
        (Edit("add-node", "events", value="queue"), [], ["  events: {kind: queue}"]),
        (Edit("set-field", "api", "copies", "5"), ["    copies: 3"], ["    copies: 5"]),
        (Edit("set-field", "api", "workers", "2"), [], ["    workers: 2"]),
        (Edit("set-field", "edge", "copies", "4"), ["  edge:   {kind: lb}"], ["  edge:   {kind: lb, copies: 4}"]),
        (Edit("set-field", "api", "copies", ""), ["    copies: 3"], []),
        (Edit("set-field", "api", "scale.to", "8"), [], ["    scale: {to: 8}"]),
        (
            Edit("set-field", "feats", "hit", ""),
            ["  feats:  {kind: redis, hit: 0.97}  # cache"],
            ["  feats:  {kind: redis}  # cache"],
        ),
        (
            Edit("set-estimate", "peak_rps", value="1e6"),
            ["estimate: {peak_rps: 2000}"],
            ["estimate: {peak_rps: 1000000}"],
        ),
        (
            Edit("set-estimate", "in_flight", value="2.5"),
            ["estimate: {peak_rps: 2000}"],
            ["estimate: {peak_rps: 2000, in_flight: 2.5}"],
        ),
        (Edit("name-bottleneck", value="api"), ["bottleneck: fdb"], ["bottleneck: api"]),
        (Edit("name-bottleneck"), ["bottleneck: fdb"], []),
        (Edit("extend-flow", "score", value="fdb"), [TEXT.splitlines()[13]], [TEXT.splitlines()[13][:-2] + ' > fdb"}']),
    ],
)  # fmt: skip
def test_an_edit_changes_its_own_line_alone(edit: Edit, went: list[str], came: list[str]) -> None:
    assert changed(edit) == (went, came)


def test_a_renamed_node_is_renamed_wherever_it_is_named_and_nowhere_else() -> None:
    new = edited(TEXT, Edit("rename-node", "api", value="front"))
    design = read(new)
    assert list(design.nodes) == ["edge", "front", "feats", "fdb"]
    assert "Because api is fast." in new
    assert "# the api" in new
    assert list(read(edited(TEXT, Edit("rename-node", "fdb", value="db-1"))).calls) == ["db-1"]
    assert read(edited(TEXT, Edit("rename-node", "fdb", value="db-1"))).faults[0].node == "db-1"


@pytest.mark.parametrize("name", ["edge", "api", "fdb"])
def test_a_removed_node_leaves_a_design_that_can_be_read(name: str) -> None:
    design = read(edited(TEXT, Edit("delete-node", name)))
    assert name not in design.nodes
    assert name not in design.calls
    assert design.bottleneck != name
    assert all(fault.node != name for fault in design.faults)


@pytest.mark.parametrize("text", ["", "design: x", "nodes:\n", "nodes: {}\n", "nodes:   # none yet\nflows: {}\n"])
def test_a_first_node_finds_a_place(text: str) -> None:
    new = edited(text, Edit("add-node", "api", value="async_api"))
    assert "api: {kind: async_api}" in new
    assert ("# none yet" in new) == ("# none yet" in text)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        (TEXT, Edit("add-node", "api", value="lb")),
        (TEXT, Edit("add-node", "read", value="lb")),
        (TEXT, Edit("add-node", "x: {y", value="lb")),
        (TEXT, Edit("add-node", "new", value="toaster")),
        (TEXT, Edit("set-field", "nobody", "copies", "1")),
        (TEXT, Edit("set-field", "api", "colour", "red")),
        (TEXT, Edit("set-field", "api", "scale.aim", "0.5")),
        (TEXT, Edit("set-field", "api", "scale.colour", "red")),
        (TEXT, Edit("set-field", "fdb", "scale.to", "8")),
        (TEXT, Edit("set-estimate", "peak_rps", value="many")),
        (TEXT, Edit("rename-node", "api", value="edge")),
        ("a: &x [1]\nb: *x", Edit("add-node", "new", value="lb")),
        ("[1, 2]", Edit("add-node", "new", value="lb")),
        ("nodes: {", Edit("add-node", "new", value="lb")),
        ("x" * 70_000, Edit("add-node", "new", value="lb")),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_mend(text: str, edit: Edit) -> None:
    with pytest.raises(GreenroomError) as refused:
        edited(text, edit)
    assert refused.value.mend


def test_a_node_in_a_branch_of_its_own_is_left_to_the_hand() -> None:
    text = TEXT.replace('"edge > api 0.8ms > feats ?miss fdb > api 0.7ms"', '"edge > (api | fdb)"')
    with pytest.raises(InputError, match="branch"):
        edited(text, Edit("delete-node", "api"))


def test_a_value_stays_text_where_it_would_be_something_else() -> None:
    text = edited(TEXT, Edit("set-field", "api", "why", "yes: it [is] #1"))
    assert read(text).nodes["api"].why == "yes: it [is] #1"


def test_an_autoscaler_comes_and_goes_by_its_parts() -> None:
    text = edited(TEXT, Edit("set-field", "api", "scale.to", "8"))
    text = edited(text, Edit("set-field", "api", "scale.aim", "0.5"))
    scale = read(text).nodes["api"].scale
    assert scale is not None
    assert (scale.to, scale.aim) == (8, 0.5)
    fields = {one["name"]: one for one in drawn(read(text), yaml.safe_load(text))["nodes"][1]["fields"]}
    assert (fields["scale.to"]["written"], fields["scale.aim"]["value"], fields["scale.delay_s"]["value"]) == (
        8,
        0.5,
        60,
    )
    text = edited(text, Edit("set-field", "api", "scale.aim", ""))
    assert "scale: {to: 8}" in text
    assert edited(text, Edit("set-field", "api", "scale.to", "")) == TEXT
