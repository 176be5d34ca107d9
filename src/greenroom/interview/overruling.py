"""What a dispute of a finding may say, and what an accepted one makes of the finding: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from greenroom.bank.findings import CLAIM_STATES, Finding, State
from greenroom.kernel.errors import ConflictError, InputError

MAX_DISPUTE_CHARACTERS = 2_000
MAX_DECISION_CHARACTERS = 2_000


@dataclass(frozen=True)
class Dispute:
    """A candidate's word that the finding on a point is wrong, and what was decided.

    `finding_state` and `earned` (a share of the point's worth, 0 to 1) are set when it was accepted: they stand in
    place of what judge or grader said, which is kept as it was.
    """

    id: str
    round_id: str
    submission_id: str
    point: str
    text: str
    state: Literal["open", "accepted", "rejected"]
    created_at: datetime
    decided_at: datetime | None = None
    answer: str = ""
    finding_state: str | None = None
    earned: float | None = None


def overruled(finding: Finding, disputes: Sequence[Dispute]) -> Finding:
    """*finding* as the latest accepted dispute of its point has it. A person decided it: nothing is uncertain then."""
    last = max(
        (one for one in disputes if one.point == finding.point and one.state == "accepted"),
        key=lambda one: (one.decided_at or one.created_at, one.id),
        default=None,
    )
    if last is None or last.finding_state is None or last.earned is None:
        return finding
    before = {"state": finding.state.value, "earned": finding.earned}
    return finding.model_copy(
        update={
            "state": State(last.finding_state),
            "earned": last.earned,
            "confidence": 1.0,
            "self_judged": False,
            "evidence": {**finding.evidence, "decision": {"before": before, "answer": last.answer}},
        }
    )


_MEASURES = (State.met, State.missed)


def decidable_states(finding: Finding) -> tuple[State, ...]:
    """The states that a decision can give to *finding*: those of a measure, or those of a claim but unsure."""
    return _MEASURES if finding.state in _MEASURES else CLAIM_STATES


def decided_share(finding: Finding, state: State, points: float) -> float:
    """The share, 0 to 1, that *points* of `finding.of` are.

    Raises InputError for points outside of it or a state that does not fit, ConflictError when nothing would change.
    """
    if not 0.0 <= points <= finding.of:  # also refuses nan
        raise InputError(f"{points:g} points", mend=f"give 0 to {finding.of:g} points")
    if state not in decidable_states(finding):
        names = " or ".join(one.value for one in decidable_states(finding))
        raise InputError(f"this finding cannot become {state.value}", mend=f"choose {names}")
    share_of = points / finding.of if finding.of else 0.0
    if state in (State.met, State.present) and finding.of and share_of == 0.0:
        raise InputError(f"{state.value} and no points", mend="give points, or choose another state")
    if state is finding.state and abs(share_of - finding.earned) < 1e-9:
        raise ConflictError("this is what the finding says already", mend="change it, or reject the dispute")
    return share_of


def check_words(text: str, *, most: int, needed: bool = True) -> str:
    """What somebody wrote in a dispute, as it is stored. Raises InputError."""
    words = text.replace("\r\n", "\n").strip()
    if needed and not words:
        raise InputError("nothing is written there", mend="say in a sentence why")
    if len(words) > most:
        raise InputError(f"that has {len(words):,} characters", mend=f"shorten it to {most:,}")
    if "\x00" in words or any("\ud800" <= one <= "\udfff" for one in words):
        raise InputError("the text has a character that cannot be stored", mend="remove it")
    return words
