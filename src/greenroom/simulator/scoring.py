"""An outcome as findings: estimates, SLO, faults, bottleneck, cost, data. Never milliseconds alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from greenroom.bank.findings import Finding, State
from greenroom.simulator.runs.declared import overloaded
from greenroom.simulator.runs.outcomes import Endured, Outcome
from greenroom.simulator.runs.references import references
from greenroom.simulator.runs.telling import rounded

WORTH: dict[str, float] = {"estimates": 3, "steady-state": 3, "faults": 3, "bottleneck": 1, "cost": 1, "data": 1}
"""The points of a design that has no rubric of its own, and what they are worth."""
BACK_S = 15.0
"""Seconds after the end of a fault in which a design is to be back."""
SURVIVED = 0.5
"""The part of the goodput before a fault that has to be there in its worst second."""
_SHARES = {"met": 1.0, "marginal": 0.5, "missed": 0.0}
Measured = tuple[float, dict[str, Any]]
"""The share that is earned, and the evidence."""
_RUN = ("p50_ms", "p95_ms", "p99_ms", "errors_pct")


def findings(outcome: Outcome, worth: Mapping[str, float] = WORTH) -> list[Finding]:
    """A finding for each point of *worth* that the design's declaration allows to be measured.

    A design that declares no fault, names no bottleneck or makes no estimate earns nothing for it.
    """
    ways: dict[str, Callable[[Outcome], Measured | None]] = {
        "estimates": _estimates,
        "steady-state": _steady,
        "faults": _faults,
        "bottleneck": _bottleneck,
        "cost": lambda found: _limits(found, ("usd_month",)),
        "data": lambda found: _limits(found, ("rpo_s",)),
    }
    measured = {point: ways[point](outcome) for point in worth if point in ways}
    return [_finding(point, *found, worth[point]) for point, found in measured.items() if found is not None]


def _finding(point: str, share: float, evidence: dict[str, Any], of: float) -> Finding:
    state = State.met if share >= 1 else State.missed
    return Finding(point=point, earned=share, of=of, confidence=1.0, state=state, evidence=evidence)


def _estimates(outcome: Outcome) -> Measured | None:
    found = references(outcome)
    share = sum(one.share for one in found) / len(found) if found else 0.0
    measured = {
        one.name: {"estimate": rounded(one.estimate), "reference": rounded(one.reference), "share": one.share}
        for one in found
    }
    return share, {"estimates": len(found), "measured": measured}


def _limits(outcome: Outcome, names: tuple[str, ...]) -> Measured | None:
    """The part of the limits that are met. Who answers nobody meets none, whatever its latency is."""
    found = [one for one in outcome.slo if one.name in names]
    if not found:
        return None
    answers = outcome.throughput.value > 0 and answers_most(outcome)
    share = sum(_SHARES[one.verdict] for one in found) / len(found) if answers else 0.0
    verdicts = {one.name: one.verdict for one in found}
    return share, {**verdicts, "errors_pct_found": rounded(outcome.errors.value), "answers_most": answers}


def _steady(outcome: Outcome) -> Measured | None:
    """Its limits; and work that is left behind must get done some time: who falls back for ever meets none."""
    found, over = _limits(outcome, _RUN), overloaded(outcome.design)
    return (0.0, {**found[1], "overloaded": over}) if found and over else found


def answers_most(outcome: Outcome) -> bool:
    """Whether it answers more than half of what comes; who does not has no latency to speak of."""
    return outcome.errors.value < 50


def _endured(one: Endured) -> float:
    """In full for who answers at least half as much in the worst second, and is back in time; half for one of these."""
    if one.back_s is None:
        return 0.0
    return (1.0 if one.back_s <= BACK_S else 0.5) if one.worst >= SURVIVED * one.before else 0.5


def _faults(outcome: Outcome) -> Measured | None:
    shares = [_endured(one) for one in outcome.faults]
    share = sum(shares) / len(shares) if shares and answers_most(outcome) else 0.0
    told = {f"{one.fault.shown} at {one.fault.at_s:g} s": one.state for one in outcome.faults}
    return share, {"faults": len(shares), "states": told}


def _bottleneck(outcome: Outcome) -> Measured | None:
    """Named before the run; one that is nearly as busy as the busiest is right as well."""
    named, found = outcome.design.bottleneck, outcome.bottleneck
    if found is None:
        return None
    busy: dict[str, float] = {}
    for use in outcome.uses:
        if use.counts:
            busy[use.node] = max(busy.get(use.node, 0.0), use.utilisation)
    right = named is not None and busy.get(named, 0.0) >= 0.9 * found.utilisation > 0
    return float(right), {"named": named, "found": found.node, "utilisation": rounded(found.utilisation)}
