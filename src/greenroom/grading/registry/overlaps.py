"""Features of words alone, for linear models: what an answer shares with a point's claim and with its mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from greenroom.bank.rubric import Phrasings, Point
from greenroom.grading.registry.protocols import Floats, Row
from greenroom.grading.words import content, negation_count, trigrams, words


class Overlaps:
    """Recall and precision of content words and of character trigrams, the lead over mistakes, negation, and length."""

    name = "overlaps-1"
    names = ("recall", "precision", "new", "trigrams", "mistakes", "lead", "negated", "length")

    def __call__(self, rows: Sequence[Row]) -> Floats:
        """One line of features for each row."""
        said: dict[str, _Said] = {}
        lines = [_line(row, said.setdefault(row.answer, _Said(row.answer))) for row in rows]
        return np.array(lines, dtype=float).reshape(len(rows), len(self.names))


_MOST_KNOWN = 4096
_KNOWN: dict[tuple[int, str], tuple[Point, _Sought]] = {}
"""By the point's identity, which is kept with it: comparing or hashing a point costs more than reading an answer."""


class _Said:
    """What is looked at of an answer, found out once for all points."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    @cached_property
    def content(self) -> frozenset[str]:
        return content(self._answer)

    @cached_property
    def trigrams(self) -> frozenset[str]:
        return frozenset(trigrams(self._answer))

    @cached_property
    def is_negated(self) -> bool:
        return negation_count(self._answer) % 2 == 1

    @cached_property
    def length(self) -> float:
        return min(len(words(self._answer)), 200) / 200


@dataclass(frozen=True)
class _Sought:
    """The same of a point, which every answer to it is held against."""

    wanted: frozenset[str]
    new: frozenset[str]
    accepts: tuple[frozenset[str], ...]
    rejects: tuple[frozenset[str], ...]
    is_negated: bool


def _found_out(row: Row) -> _Sought:
    """What *row* is held against, found out once for each point and question that is in memory."""
    key = (id(row.point), row.question)
    known = _KNOWN.get(key)
    if known is None or known[0] is not row.point:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[key] = (
            row.point,
            _sought(_phrasings(row), f"{row.item.title}\n{row.item.prompt}\n{row.question}"),
        )
    return known[1]


def _sought(phrasings: Phrasings, prompt: str) -> _Sought:
    wanted = content(phrasings.claim)
    return _Sought(
        wanted,
        wanted - content(prompt),
        tuple(frozenset(trigrams(one)) for one in (phrasings.claim, *phrasings.accepts)),
        tuple(frozenset(trigrams(one)) for one in phrasings.rejects),
        negation_count(phrasings.claim) % 2 == 1,
    )


def _phrasings(row: Row) -> Phrasings:
    found = row.point.follow_up_phrasings if row.question else row.point.phrasings
    assert found is not None
    return found


def _line(row: Row, said: _Said) -> tuple[float, ...]:
    sought = _found_out(row)
    shared = len(said.content & sought.wanted)
    good = max(_likeness(said.trigrams, one) for one in sought.accepts)
    bad = max((_likeness(said.trigrams, one) for one in sought.rejects), default=0.0)
    return (
        shared / max(len(sought.wanted), 1),
        shared / max(len(said.content), 1),
        len(said.content & sought.new) / max(len(sought.new), 1),
        good,
        bad,
        good - bad,
        float(said.is_negated != sought.is_negated),
        said.length,
    )


def _likeness(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / ((len(left) * len(right)) ** 0.5) if left and right else 0.0
