"""What an item's round holds whatever an answer declares: prices, spreads, shares, and the work that has to be done."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.bank.specs import DesignSpec
from greenroom.simulator.rounds import asked, lacking, problems
from greenroom.simulator.runs.declared import overloaded
from greenroom.simulator.runs.outcomes import Outcome, hardly_asked, measured
from greenroom.simulator.runs.running import simulated
from greenroom.simulator.scoring import findings

SPEC = DesignSpec.model_validate(
    {
        "rps": 60,
        "slo": {"p99_ms": 100},
        "traffic": {"shares": {"ask": 9, "save": 1}},
        "given": {"model_server": {"ms": "6 + n"}, "worker": {"ms": 20}},
        "needs": {
            "ask > async_api|sync_api": 1,
            "ask > model_server": 1,
            "save > postgres write": 1,
            "feature_store": 0.9,
            "worker": 0.1,
        },
        "estimates": ["peak_rps"],
        "seconds": 8,
    }
)
GOOD = """\
nodes:
  api:      {kind: async_api}
  features: {kind: feature_store}
  model:    {kind: model_server, batch: 8}
  db:       {kind: postgres}
  hands:    {kind: worker}
flows:
  ask:  "api 1ms > features > model"
  save: "api 1ms > db write"
after: {save: "hands"}
calls: {features: {timeout_ms: 50, fallback: skip}}
"""


def missing(text: str) -> list[str]:
    return lacking(asked(text, SPEC), SPEC)


def ran(text: str) -> Outcome:
    return measured(simulated(asked(text, SPEC), SPEC.seconds, 1, seeds=2))


def test_a_design_that_does_all_the_work_lacks_nothing() -> None:
    assert missing(GOOD) == []
    assert problems(SPEC, []) == []


@pytest.mark.parametrize(
    ("old", "new", "lacks"),
    [
        ("features > model", "features > ?1% model", ["ask > model_server"]),
        ('features > model"', 'features"', ["ask > model_server"]),
        ('after: {save: "hands"}', 'after: {save: "hands", ask: "model"}', []),
        ("db write", "db", ["save > postgres write"]),
        ("db write", "?50% db write", ["save > postgres write"]),
        ("features > model", "model", ["feature_store"]),
        ('after: {save: "hands"}', "after: {}", ["worker"]),
        ("calls: {features", "calls: {model: {timeout_ms: 50, fallback: skip}, features", ["ask > model_server"]),
        ("kind: async_api", "kind: sync_api", []),
    ],
)
def test_what_is_lacking_is_named(old: str, new: str, lacks: list[str]) -> None:
    assert old in GOOD
    assert missing(GOOD.replace(old, new)) == lacks


def test_work_that_nobody_waits_for_is_not_in_the_flow() -> None:
    moved = GOOD.replace(" > model", "").replace('{save: "hands"}', '{save: "hands", ask: "model"}')
    assert missing(moved) == ["ask > model_server"]


def test_a_flow_that_the_round_does_not_name_gets_no_traffic() -> None:
    text = GOOD.replace("flows:", 'flows:\n  easy: "api 0.1ms"') + "traffic: {shares: {easy: 1000}}\n"
    shares = asked(text, SPEC).traffic.shares
    assert shares["easy"] == 0.0
    assert shares["ask"] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("field", "declared", "held"),
    [("usd", 100, None), ("law", "constant", "lognormal"), ("spread", 0, 0.5)],
)
def test_prices_and_spreads_are_the_rounds(field: str, declared: Any, held: Any) -> None:
    text = GOOD.replace("kind: async_api", f"kind: async_api, {field}: {declared}")
    assert asked(text, SPEC).nodes["api"].values[field] == held
    assert asked(text + "net_ms: 0\n", SPEC).net_ms == 0.3


@pytest.mark.parametrize("rule", ["timeout_ms: 0.1", "timeout_ms: 0.1, break_after: 1, open_ms: 60000"])
def test_a_call_that_is_always_given_up_does_not_count(rule: str) -> None:
    assert hardly_asked(ran(GOOD)) == set()
    skipped = hardly_asked(ran(GOOD.replace("timeout_ms: 50", rule)))
    assert skipped == {"features"}
    assert lacking(asked(GOOD, SPEC), SPEC, skipped) == ["feature_store"]


@pytest.mark.parametrize(("times", "over"), [(1, []), (20, ["hands"])])
def test_work_that_only_piles_up_meets_no_limit(times: int, over: list[str]) -> None:
    outcome = ran(GOOD.replace('save: "hands"', f'save: "hands x{times}"'))
    (steady,) = findings(outcome, {"steady-state": 3.0})
    assert overloaded(outcome.design) == over
    assert (steady.earned == 0) == bool(over)
    assert outcome.slo[0].verdict == "met"


def test_a_need_of_no_kind_is_a_problem() -> None:
    spec = SPEC.model_copy(update={"needs": {"ask > modle_server": 1.0}})
    assert "modle_server" in problems(spec, [])[0]
