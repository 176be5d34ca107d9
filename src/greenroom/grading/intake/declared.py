"""Rows from the bank: its declared submissions, with the points that each states or does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from greenroom.bank.models import DeclaredSubmission, Item, Kind
from greenroom.bank.rubric import Point
from greenroom.bank.verification import expected_findings
from greenroom.grading.intake.schemas import Found
from greenroom.grading.scoring.declared import state_of


def declared_rows(items: Iterable[Item]) -> list[Found]:
    """A row for each point that a declared answer in words says something of. Reads the answers' files."""
    return [row for item in items if item.kind is Kind.concept for one in item.submissions for row in _rows(item, one)]


def public_texts(items: Sequence[Item]) -> Iterator[str]:
    """What is nobody's own words: prompts, and what the points accept and reject."""
    for item in items:
        yield f"{item.title}\n{item.prompt}"
        for point in item.head.rubric:
            for said in (point.phrasings, point.follow_up_phrasings):
                if said is not None:
                    yield "\n".join((said.claim, *said.accepts, *said.rejects))


def _rows(item: Item, submission: DeclaredSubmission) -> Iterator[Found]:
    text = submission.path.read_text(encoding="utf-8")
    expected = expected_findings(item, submission)
    for point in item.head.rubric:
        if point.claim is not None and point.id in expected:
            yield _row(item, submission, point, text, expected[point.id])


def _row(item: Item, submission: DeclaredSubmission, point: Point, text: str, expected: str | float) -> Found:
    state = state_of(expected)
    place = f"{item.slug}/{submission.name}, point {point.id}"
    values = {"item": item.slug, "item_version": item.head.version, "point": point.id, "answer": text}
    if state is None:
        return Found("bank", place, values, f"declared as {expected}, which is no single state")
    return Found("bank", place, values | {"state": state.value})
