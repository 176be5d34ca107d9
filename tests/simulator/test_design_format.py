"""The format: what it reads, and what it says of what cannot be read."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from greenroom.simulator.design.errors import DesignError
from greenroom.simulator.design.expressions import ExpressionError
from greenroom.simulator.design.expressions import parse as expression
from greenroom.simulator.design.flows import Beside, FlowError, Maybe, Visit
from greenroom.simulator.design.flows import parse as flow
from greenroom.simulator.design.reading import read

EXAMPLE = Path(__file__).parent / "designs" / "fraud-scoring.yaml"
SMALL = """\
round: {slo: {rps: 100}}
nodes:
  api: {kind: async_api}
  db: {kind: postgres}
flows: {ask: "api > db"}
"""


def test_the_example_is_read() -> None:
    design = read(EXAMPLE.read_text())
    assert design.slo.rps == 2000
    assert design.slo.limits == {"p99_ms": 100, "errors_pct": 0.1, "rpo_s": 0, "usd_month": 6000}
    assert design.nodes["model"].batch_ms(16) == 12
    assert design.nodes["api"].count("workers") == 2
    assert design.flows["score"][2] == Visit("feats", miss=(Visit("fdb"),))
    assert design.calls["client"].budget == 0.1
    assert [fault.shown for fault in design.faults] == ["kill model/1", "cold feats"]
    assert design.clamped == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a", (Visit("a"),)),
        ("a 0.8ms > b x3", (Visit("a", ms=0.8), Visit("b", times=3))),
        ("a write 2s", (Visit("a", "write", 2000.0),)),
        ("a ?miss (b > c)", (Visit("a", miss=(Visit("b"), Visit("c"))),)),
        ("?25% a > b", (Maybe(0.25, (Visit("a"),)), Visit("b"))),
        ("(a | b > c) > d", (Beside(((Visit("a"),), (Visit("b"), Visit("c")))), Visit("d"))),
        ("(a > b)", (Visit("a"), Visit("b"))),
    ],
)
def test_flows_are_read(text: str, found: object) -> None:
    assert flow(text) == found


@pytest.mark.parametrize(
    "text",
    ["", ">", "a >", "a b", "a ?miss", "(a", "a)", "?0% a", "a x0", "a x999", "a 5 > b", "a; b", "(" * 90, "a" * 3000],
)
def test_what_is_no_flow_is_refused(text: str) -> None:
    with pytest.raises(FlowError):
        flow(text)


@pytest.mark.parametrize(
    ("text", "n", "value"),
    [
        ("4 + 0.5*n", 16, 12.0),
        ("(1+2)*n/4", 8, 6.0),
        ("max(2, n) - min(n, 1e1)", 12, 2.0),
        ("-n + 20", 5, 15.0),
        ("10 - 2 - 3", 1, 5.0),
        ("2/0", 1, float("inf")),
    ],
)
def test_expressions_are_computed(text: str, n: float, value: float) -> None:
    assert expression(text)(n) == value


@pytest.mark.parametrize(
    "text",
    ["", "n n", "__import__('os')", "n.real", "2**9", "abs(n)", "(" * 150, "-" * 150 + "1", "1 +", "max(1)", "n" * 300],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        expression(text)


BAD = {
    "empty": ("", "no nodes", "add one"),
    "no mapping": ("- a", "not a mapping", "name: value"),
    "alias": ("a: &a [1]\nb: *a", "aliases", "write the value out"),
    "tag": ("design: !!python/object/apply:os.system [ls]", "not YAML", "mend"),
    "deep": ("[" * 5000, "nested", "mend"),
    "long": ("# " + "x" * 70_000, "70,002 characters", "take out"),
    "key": (SMALL + "fluws: {}", ":6: a design has no `fluws`", "`flows`"),
    "rate": (SMALL.replace("100", "1e9"), ":1: `slo.rps` is 1e+09", "slice"),
    "infinite": (SMALL.replace("100", ".inf"), "`slo.rps` is inf", "slice"),
    "negative": (SMALL.replace("100", "-5"), "`slo.rps` is -5", "0.01 to"),
    "no number": (SMALL.replace("100", "many"), "`slo.rps` is 'many' and not a number", "write a number"),
    "no rate": (SMALL.replace("rps: 100", "p99_ms: 9"), "how many requests", "rps: 100"),
    "kind": (SMALL.replace("postgres", "postgrs"), ":4: the kind of node `db` is `postgrs`", "`postgres`"),
    "no kind": (SMALL.replace("kind: postgres", "pool: 4"), ":4: node `db` has no kind", "one of client"),
    "kind is a list": (SMALL.replace("postgres", "[a]"), ":4: the kind of node `db`", "there are: client"),
    "field": (SMALL.replace("postgres}", "postgres, pols: 4}"), ":4: node `db` (postgres) has no `pols`", "`pool`"),
    "capacity": (SMALL.replace("api}", "api, copies: 0}"), ":3: node `api`: `copies` is 0", "1 to 500"),
    "no cores": (SMALL.replace("postgres}", "postgres, cores: 0}"), ":4: node `db`: `cores` is 0", "1 to"),
    "half": (SMALL.replace("api}", "api, copies: 1.5}"), "is 1.5 and not a whole number", "write 2"),
    "expression": (
        SMALL.replace("postgres}", 'model_server, ms: "open(1)"}'),
        ":4: node `db`: `ms` cannot be read",
        "4 + 0.5*n",
    ),
    "negative time": (SMALL.replace("postgres}", 'model_server, ms: "4 - n"}'), "is -1 for n = 5", "time in ms"),
    "flow": (SMALL.replace("api > db", "api > dbb"), ":5: flow `ask` goes to `dbb`", "did you mean `db`?"),
    "circle": (SMALL.replace('"api > db"', '"api > b", b: "db > ask"'), "in a circle: ask > b > ask", "take one"),
    "no flow": (SMALL.replace('ask: "api > db"', ""), "has no flow", "add one"),
    "visits": (SMALL.replace("api > db", "api > db x50" + " > db x50" * 4), "makes 251 visits", "at most 200"),
    "miss": (SMALL.replace("api > db", "api ?miss db"), "`api` (async_api) has no misses", "cache"),
    "after": (SMALL + "after: {asc: db}", ":6: `after` names the flow `asc`", "one of `flows`"),
    "call": (SMALL + "calls: {dv: {}}", ":6: `calls` has no `dv`", "client, api, db"),
    "retries": (SMALL + "calls: {db: {retries: 99}}", "call of `db`: `retries` is 99", "0 to 7"),
    "fault": (SMALL + "faults: [{at: 1, kil: db}]", ":6: a fault has no `kil`", "`kill`"),
    "fault's copy": (SMALL + "faults: [{at: 1, kill: api/2}]", ":6: node `api` has no copy `2`", "`api/1` to"),
    "fault's node": (SMALL + "faults: [{at: 1, kill: apu}]", "names `apu`", "`api`"),
    "cold": (SMALL + "faults: [{at: 1, cold: db}]", "is no cache", "name a cache"),
    "two faults": (SMALL + "faults: [{at: 1, kill: db, slow: api}]", "one thing", "{at: 20"),
    "shape": (SMALL + "traffic: {shape: flsh}", "`traffic.shape` is `flsh`", "`flash`"),
    "peak": (SMALL.replace("100", "9e5") + "traffic: {shape: flash, peak: 50}", "rises to 4.5e+07", "at most"),
    "trace": (SMALL + "traffic: {shape: trace, rps: 5}", "not a list", "list of requests"),
    "bottleneck": (SMALL + "bottleneck: dbs", ":6: `bottleneck` is `dbs`", "`db`"),
    "nodes": (
        "round: {slo: {rps: 1}}\nnodes: {" + ", ".join(f"n{one}: {{kind: lb}}" for one in range(1000)) + "}",
        ":2: the design has 1,000 nodes",
        "copies:",
    ),
    "name": (SMALL.replace("api:", '"a pi":'), "cannot be the name of a node", "letters"),
}


@pytest.mark.parametrize("case", BAD)
def test_an_error_names_the_part_the_line_and_the_mend(case: str) -> None:
    text, message, mend = BAD[case]
    began = time.process_time()
    with pytest.raises(DesignError) as caught:
        read(text, "d.yaml")
    said = [f":{one.line}: {one.message}" for one in caught.value.problems]
    assert any(message in one for one in said), said
    assert any(mend in one.mend for one in caught.value.problems if message in f":{one.line}: {one.message}")
    assert caught.value.mend
    assert time.process_time() - began < 5


def test_several_mistakes_are_told_together() -> None:
    with pytest.raises(DesignError) as caught:
        read(SMALL.replace("api}", "api, copies: 0}").replace("> db", "> bd"))
    assert [one.line for one in caught.value.problems] == [3, 5]


def test_unusual_times_are_taken_to_what_is_usual_unless_a_node_says_why() -> None:
    fast = SMALL.replace("postgres}", "postgres, query_ms: 0.0001}").replace("api >", "api 0.001ms >")
    design = read(fast)
    assert {(one.node, one.field, one.used) for one in design.clamped} == {
        ("db", "query_ms", 0.1),
        ("api", "ask: ms", 0.05),
    }
    assert design.nodes["db"].number("query_ms") == 0.1
    why = read(fast.replace("0.0001}", "0.0001, why: all of it is in a covering index}"))
    assert [one.node for one in why.clamped] == ["api"]
    assert why.nodes["db"].number("query_ms") == 0.0001


def test_a_price_that_nobody_asks_is_taken_to_the_tables() -> None:
    design = read(SMALL.replace("postgres}", "postgres, cores: 4, usd: 1}"))
    assert [(one.field, one.declared, one.used) for one in design.clamped] == [("usd", 1, 185)]
