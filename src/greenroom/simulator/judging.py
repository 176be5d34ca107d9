"""An answer to a `design` item: read, held to the item's round, simulated, and measured point by point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from greenroom.bank.findings import Finding, State
from greenroom.bank.models import Item
from greenroom.bank.specs import DesignSpec
from greenroom.kernel.errors import GreenroomError
from greenroom.simulator.commitments import Commitment
from greenroom.simulator.explaining import as_json, explained
from greenroom.simulator.rounds import asked, lacking
from greenroom.simulator.runs.outcomes import Outcome, hardly_asked, measured
from greenroom.simulator.runs.references import references
from greenroom.simulator.runs.running import Progress, simulated
from greenroom.simulator.runs.telling import rounded, told
from greenroom.simulator.scoring import answers_most, findings

SEED = 1
"""Every answer to an item meets the same luck."""


@dataclass(frozen=True)
class Simulated:
    """What became of an answer. *message* says why nothing was run; *run* is the outcome as JSON."""

    findings: tuple[Finding, ...]
    reasons: str = ""
    message: str | None = None
    run: dict[str, Any] | None = None


def judged(item: Item, text: str, progress: Progress | None = None, committed: Commitment | None = None) -> Simulated:
    """*text* answered: what the rubric's measures find in its simulation.

    A text that is no design, or is too much to be simulated, earns nothing, and the message says why.
    What was *committed* to before the first run holds. Raises Stopped.
    """
    try:
        design = asked(text, _spec(item), committed=committed)
        outcome = measured(simulated(design, _spec(item).seconds, SEED, progress=progress))
    except GreenroomError as error:
        mend = f" ({error.mend})" if error.mend else ""
        return Simulated(tuple(_nothing(item, str(error))), message=f"{error}{mend}")
    found = tuple(_measured(item, outcome))
    run = {**told(outcome, list(found)), "explained": as_json(explained(outcome)), "quick": False}
    return Simulated(found, "\n\n".join(design.reasons.values()), run=run)


def _spec(item: Item) -> DesignSpec:
    assert item.head.design is not None
    return item.head.design


def _points(item: Item) -> dict[str, tuple[str, float]]:
    """What the rubric measures: point ids to the measure's name and the worth."""
    return {
        point.id: (point.measure.design, point.points)
        for point in item.head.rubric
        if point.measure is not None and point.measure.design is not None
    }


def _nothing(item: Item, why: str) -> list[Finding]:
    return [
        Finding(point=name, earned=0.0, of=worth, confidence=1.0, state=State.missed, evidence={"reason": why})
        for name, (_, worth) in _points(item).items()
    ]


def _measured(item: Item, outcome: Outcome) -> list[Finding]:
    spec = _spec(item)
    missing = lacking(outcome.design, spec, hardly_asked(outcome))
    rows = []
    for name, (measure, worth) in _points(item).items():
        if measure == "parts":
            share, evidence = _parts(outcome, spec, missing)
        elif measure == "estimates":
            share, evidence = _estimates(outcome, spec)
        elif missing:  # who leaves the work out is fast, cheap and never down
            share, evidence = 0.0, {"reason": "the work is not done", "missing": missing}
        else:
            (found,) = findings(outcome, {measure: worth})
            share, evidence = found.earned, found.evidence
        state = State.met if share >= 1 else State.missed
        rows.append(Finding(point=name, earned=share, of=worth, confidence=1.0, state=state, evidence=evidence))
    return rows


def _parts(outcome: Outcome, spec: DesignSpec, missing: list[str]) -> tuple[float, dict[str, Any]]:
    """The share of the needed kinds that work passes."""
    share = 1 - len(missing) / len(spec.needs) if answers_most(outcome) else 0.0
    return share, {"needed": list(spec.needs), "missing": missing, "errors_pct_found": rounded(outcome.errors.value)}


def _estimates(outcome: Outcome, spec: DesignSpec) -> tuple[float, dict[str, Any]]:
    """The mean share of the estimates that the round asks for; one that was not made earns nothing."""
    made = {one.name: one for one in references(outcome)}
    rows = {
        name: {"estimate": rounded(one.estimate), "reference": rounded(one.reference), "share": one.share}
        for name, one in made.items()
        if name in spec.estimates
    }
    share = sum(made[name].share for name in rows) / len(spec.estimates)
    return share, {"measured": rows, "not_made": [name for name in spec.estimates if name not in rows]}
