"""What candidates say of points that the grader left open, as labels of their submissions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from greenroom.bank.findings import State
from greenroom.interview.rules import Round, Submission, best_answer

_FOLLOW_UP = "follow-up/"


def self_judged(one: Round, judgements: Mapping[str, bool]) -> Iterator[tuple[str, str, State]]:
    """The submission, the point and the state of each of *judgements*, whose keys are those of `Unsure`."""
    for key, holds in judgements.items():
        point = key.removeprefix(_FOLLOW_UP)
        submission = _answer_to(one, point) if key != point else best_answer(one)
        if submission is not None:
            yield submission.id, point, State.present if holds else State.absent


def _answer_to(one: Round, point: str) -> Submission | None:
    """The last answer to the follow-up of *point*."""
    answers = [sub for sub in one.submissions if sub.sort == "follow-up" and sub.point == point]
    return answers[-1] if answers else None
