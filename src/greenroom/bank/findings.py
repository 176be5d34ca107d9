"""What became of a rubric point: the one scoring language of judge, simulator and grader."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class State(StrEnum):
    """`met` or `missed` for a measure; the other four for a claim."""

    met = "met"
    missed = "missed"
    present = "present"
    absent = "absent"
    contradicted = "contradicted"
    unsure = "unsure"


CLAIM_STATES = (State.present, State.absent, State.contradicted)
"""What somebody who has decided says of a claim."""


class Finding(BaseModel):
    """What became of one rubric point, with the evidence for it.

    `earned` is a share of the point's worth, 0 to 1; `of` is that worth in points; `confidence`, 0 to 1,
    is the probability that `state` is right (1.0 for a measure, which was counted and not judged).
    `evidence` holds plain JSON values: the measured number, the quoted words, the failing case.
    `self_judged` is true when an unsure point was decided by the candidate against the shown claim.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    point: str
    earned: float = Field(ge=0, le=1)
    of: float = Field(ge=0)
    confidence: float = Field(ge=0, le=1)
    state: State
    evidence: dict[str, Any] = Field(default_factory=dict)
    self_judged: bool = False

    def told(self) -> dict[str, Any]:
        """It as plain JSON for the candidate: without the phrasing of the bank that the quoted words are nearest to."""
        found: dict[str, Any] = without_phrasings(self.model_dump(mode="json"))
        return found

    @property
    def worth(self) -> float:
        """Points that this finding brings: share times worth."""
        return self.earned * self.of


def without_phrasings(value: Any) -> Any:
    """*value*, plain JSON with findings anywhere in it, without the bank's phrasings in their evidence."""
    if isinstance(value, dict):
        return {name: without_phrasings(one) for name, one in value.items() if name != "nearest"}
    return [without_phrasings(one) for one in value] if isinstance(value, list | tuple) else value


def share(findings: Iterable[Finding]) -> float:
    """The share of all points that was earned, 0 to 1; 0 for no findings at all."""
    rows = list(findings)
    total = sum(row.of for row in rows)
    return sum(row.worth for row in rows) / total if total else 0.0
