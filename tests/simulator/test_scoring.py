"""What a design earns: for estimates, its SLO, faults, a named bottleneck, cost and data; never for speed alone."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from tests.simulator.running import quickly, ran

from greenroom.bank.findings import Finding, share
from greenroom.simulator.commitments import Commitment
from greenroom.simulator.design.errors import DesignError
from greenroom.simulator.design.reading import read
from greenroom.simulator.runs.outcomes import Interval
from greenroom.simulator.runs.references import Reference
from greenroom.simulator.scoring import WORTH, findings

DESIGNS = Path(__file__).parent / "designs"
GOOD = """\
round: {slo: {rps: 500, p99_ms: 60, errors_pct: 1, rpo_s: 0, usd_month: 1500}}
estimate: {peak_rps: 500, api_busy_cores: 1, db_busy_cores: 1, in_flight: 4, usd_month: 1200}
nodes:
  edge: {kind: lb}
  api: {kind: async_api, copies: 3}
  db: {kind: postgres, cores: 4, replicas: 1, commit: sync, query_ms: 2}
flows: {ask: "edge > api 2ms > db write"}
calls: {client: {timeout_ms: 200, retries: 2, budget_pct: 10}}
faults: [{at: 15, for: 4, kill: api/1}]
bottleneck: api
seconds: 30
"""


def earned(text: str) -> dict[str, Finding]:
    return {one.point: one for one in findings(ran(text))}


@pytest.fixture(scope="module")
def good() -> dict[str, Finding]:
    return earned(GOOD)


def test_a_good_design_earns_all(good: dict[str, Finding]) -> None:
    assert set(good) == set(WORTH)
    assert share(good.values()) == 1.0, {point: one.evidence for point, one in good.items() if one.earned < 1}


@pytest.mark.parametrize(
    ("old", "new", "point", "most"),
    [
        ("in_flight: 4,", "in_flight: 400,", "estimates", 0.8),
        ("copies: 3}", "copies: 1}", "steady-state", 0.5),
        ("kill: api/1", "kill: db", "faults", 1.0),
        ("faults: [{at: 15, for: 4, kill: api/1}]", "", "faults", 0.0),
        ("bottleneck: api", "bottleneck: edge", "bottleneck", 0.0),
        ("bottleneck: api", "", "bottleneck", 0.0),
        ("usd_month: 1500}}", "usd_month: 400}}", "cost", 0.0),
        ("commit: sync", "commit: async", "data", 0.0),
    ],
)
def test_each_part_is_missed_by_itself(old: str, new: str, point: str, most: float) -> None:
    found = earned(GOOD.replace(old, new))
    assert found[point].earned <= most
    assert found[point].evidence


def test_a_design_that_answers_nobody_earns_nothing_for_its_run() -> None:
    text = GOOD.replace("timeout_ms: 200", "timeout_ms: 1").replace("errors_pct: 1,", "")
    found = earned(text)
    assert found["steady-state"].earned == found["faults"].earned == found["cost"].earned == 0


@pytest.mark.parametrize(
    ("estimate", "share"), [(10, 1.0), (20, 1.0), (5, 1.0), (21, 0.5), (50, 0.5), (51, 0.0), (0, 0.0), (1.9, 0.0)]
)
def test_estimates_count_within_twice_and_five_times(estimate: float, share: float) -> None:
    assert Reference("x", estimate, 10.0, "law").share == share


def test_an_estimate_of_nothing_is_right_where_there_is_nothing() -> None:
    assert Reference("rpo_s", 0.0, 0.0, "law").share == 1.0
    assert Reference("p99_ms", 5.0, math.nan, "law").share == 0.0


@pytest.mark.parametrize(
    ("values", "limit", "verdict"),
    [
        ((10, 11, 12), 20, "met"),
        ((10, 11, 12), 11, "marginal"),
        ((10, 11, 12), 5, "missed"),
        ((math.nan, math.nan), 5, "missed"),
    ],
)
def test_a_limit_inside_the_interval_is_marginal(values: tuple[float, ...], limit: float, verdict: str) -> None:
    assert Interval.of(values).held_to(limit) == verdict


def test_an_interval_is_students() -> None:
    found = Interval.of([1, 2, 3, 4, 5])
    assert found.value == 3.0
    assert found.high == pytest.approx(3 + 2.776 * math.sqrt(2.5 / 5))


def test_an_unknown_estimate_is_refused_with_a_mend() -> None:
    with pytest.raises(DesignError) as caught:
        ran(GOOD.replace("api_busy_cores", "api_bussy_cores"))
    assert "api_busy_cores" in caught.value.mend


def test_the_estimate_is_locked_and_the_design_is_not() -> None:
    lock = Commitment.of(read(GOOD))
    assert Commitment.of(read(GOOD.replace("copies: 3", "copies: 9"))) == lock
    assert Commitment.of(read(GOOD.replace("in_flight: 4", "in_flight: 5"))) != lock
    assert Commitment.of(read(GOOD.replace("bottleneck: api", "bottleneck: db"))) != lock


def test_what_would_be_if_is_a_short_run_with_the_same_luck() -> None:
    same = quickly(GOOD, {})
    more = quickly(GOOD, {"nodes.api.copies": 6})
    none = quickly(GOOD, {"calls.client.retries": None, "nodes.api.copies": 1, "round.slo.rps": 700})
    assert same.seconds <= 20
    assert same.faults == ()
    assert more.latency["p99_ms"].value < same.latency["p99_ms"].value
    assert none.errors.value > 50 > same.errors.value
    with pytest.raises(DesignError):
        quickly(GOOD, {"design.x.y": 1})


def test_a_metastable_failure_earns_nothing_for_its_fault_and_a_budget_does() -> None:
    text = (DESIGNS / "cold-cache.yaml").read_text()
    without = earned(text)
    assert without["steady-state"].earned == 1
    assert without["faults"].earned == 0
    assert earned(text.replace("retries: 2}", "retries: 2, budget_pct: 10}"))["faults"].earned == 0.5  # it was harmed


def test_single_points_of_failure_are_declared_ones() -> None:
    assert quickly(GOOD, {}).single_points == ()
    assert quickly(GOOD, {"nodes.db.replicas": 0, "nodes.api.copies": 1}).single_points == ("api", "db")
    alone = quickly(GOOD, {"nodes.api.copies": 1, "calls.api": {"fallback": "skip"}})
    assert alone.single_points == ()


@pytest.mark.parametrize(
    ("changes", "lost_s"),
    [
        ({}, 0.0),
        ({"nodes.db.commit": "async", "nodes.db.lag_ms": 250}, 0.25),
        ({"nodes.db.replicas": 0, "nodes.db.backup_s": 3600}, 3600.0),
    ],
)
def test_lost_data_is_as_declared(changes: dict[str, object], lost_s: float) -> None:
    assert quickly(GOOD, changes).rpo_s == lost_s
