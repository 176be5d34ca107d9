"""An answer to a `design` item: its design is simulated, and its reasons are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from greenroom.bank.models import Item
from greenroom.bank.verification import Outcome
from greenroom.grading.service import Grader
from greenroom.simulator.commitments import Commitment
from greenroom.simulator.judging import judged
from greenroom.simulator.runs.running import Progress


@dataclass(frozen=True)
class Answered:
    """The findings in the order of the rubric, with what was to be said of them; and the run as JSON, if any."""

    outcome: Outcome
    run: dict[str, Any] | None


def answered(
    item: Item, text: str, grader: Grader, progress: Progress | None = None, committed: Commitment | None = None
) -> Answered:
    """*text* simulated, with what was *committed* to, and read. Raises Stopped when *progress* says so."""
    found = judged(item, text, progress, committed)
    by_point = {one.point: one for one in (*found.findings, *grader.grade(item, found.reasons))}
    findings = tuple(by_point[point.id] for point in item.head.rubric if point.id in by_point)
    return Answered(Outcome(findings, message=found.message), found.run)
