"""A rubric beside what it makes of marked answers: what it misses and what it lets through, first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from greenroom.bank.findings import Finding, State
from greenroom.bank.models import Item
from greenroom.bank.rubric import Point
from greenroom.bank.verification import expected_findings, matches
from greenroom.grading.scoring.declared import state_of
from greenroom.grading.service import Read

Verdict = Literal["missed", "false", "otherwise", "agrees"]
"""Missed: it should be present. False: it is said to be present. Otherwise: another state that earns as much."""
VERDICTS: tuple[Verdict, ...] = ("missed", "false", "otherwise", "agrees")
ReadAnswer = Callable[[Item, str], Sequence[Read]]


@dataclass(frozen=True)
class Marked:
    """An answer, and what must be found of a point in it: a state, several with `|` between, or a share 0..1."""

    place: str
    point: str
    answer: str
    expected: str | float


@dataclass(frozen=True)
class Row:
    """One marked answer beside what was found; `sentence` is nearest to the point, `nearest` a phrasing of it."""

    place: str
    answer: str
    expected: str
    found: str
    confidence: float
    sentence: str
    nearest: str
    verdict: Verdict


@dataclass(frozen=True)
class PointReview:
    """A point with its rows, the wrong ones first. Shares are 0..1; None where nothing could be counted."""

    point: str
    title: str
    claim: str
    precision: float | None
    recall: float | None
    counts: dict[str, int]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class RubricReview:
    """What became of an item's marked answers."""

    item: str
    version: int
    answers: int
    points: tuple[PointReview, ...]

    def as_json(self) -> dict[str, Any]:
        """It with stable keys."""
        return asdict(self)


def declared(item: Item) -> Iterator[Marked]:
    """What the bank declares of the item's submissions. Reads their files."""
    claims = [point.id for point in item.head.rubric if point.claim]
    for submission in item.submissions:
        text = submission.path.read_text(encoding="utf-8")
        expected = expected_findings(item, submission)
        yield from (Marked(submission.name, point, text, expected[point]) for point in claims if point in expected)


def review(item: Item, marked: Iterable[Marked], read: ReadAnswer) -> RubricReview:
    """Hold *marked* answers against what *read* finds; each answer is read once."""
    known: dict[str, dict[str, Read]] = {}
    rows: dict[str, list[tuple[Row, bool | None]]] = {}
    for one in marked:
        if one.answer not in known:
            known[one.answer] = {found.finding.point: found for found in read(item, one.answer)}
        if one.point in known[one.answer]:
            rows.setdefault(one.point, []).append(_row(one, known[one.answer][one.point]))
    points = tuple(_point(point, rows.get(point.id, [])) for point in item.head.rubric if point.claim)
    return RubricReview(item.slug, item.head.version, len(known), points)


def _row(marked: Marked, read: Read) -> tuple[Row, bool | None]:
    """The row, and whether the point is there in truth; None where the declaration leaves that open."""
    state = state_of(marked.expected)
    truth = None if state is None else state is State.present
    found = read.finding
    quote = str(found.evidence.get("quote") or read.sentence)
    nearest = str(found.evidence.get("nearest") or read.nearest)
    verdict = _verdict(marked.expected, found)
    row = Row(
        marked.place,
        marked.answer,
        _told(marked.expected),
        found.state.value,
        found.confidence,
        quote,
        nearest,
        verdict,
    )
    return row, truth


def _told(expected: str | float) -> str:
    """What is expected, in words."""
    if isinstance(expected, str):
        return " or ".join(one.strip() for one in expected.split("|"))
    return "present" if expected >= 1 else "earns nothing" if expected <= 0 else f"earns {expected:.0%}"


def _verdict(expected: str | float, found: Finding) -> Verdict:
    if matches(expected, found):
        return "agrees"
    if found.state is State.present:
        return "false"
    wanted = expected if isinstance(expected, str) else "present" if expected > 0 else ""
    return "missed" if State.present.value in wanted else "otherwise"


def _point(point: Point, rows: Sequence[tuple[Row, bool | None]]) -> PointReview:
    said = Counter((truth, row.found == State.present) for row, truth in rows if truth is not None)
    hits, false, missed = said[True, True], said[False, True], said[True, False]
    ordered = sorted((row for row, _ in rows), key=lambda row: (VERDICTS.index(row.verdict), row.place))
    counts = Counter(row.verdict for row in ordered)
    return PointReview(
        point.id,
        point.title,
        point.claim or "",
        hits / (hits + false) if hits + false else None,
        hits / (hits + missed) if hits + missed else None,
        {name: counts[name] for name in VERDICTS},
        tuple(ordered),
    )
