"""Features of words alone, for linear models: what an answer shares with a point's claim and with its mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from greenroom.bank.models import Item
from greenroom.bank.rubric import Phrasings, Point
from greenroom.grading.registry.protocols import Floats, Row
from greenroom.grading.words import content, negation_count, trigrams, words


class Overlaps:
    """Recall and precision of content words and of character trigrams, the lead over mistakes, negation, and length."""

    name = "overlaps-1"
    names = ("recall", "precision", "new", "trigrams", "mistakes", "lead", "negated", "length")

    def __call__(self, rows: Sequence[Row]) -> Floats:
        """One line of features for each row."""
        sought = [_found_out(row) for row in rows]  # all first: what is sought numbers the pieces that answers have
        said: dict[tuple[int, str], _Said] = {}
        lines = []
        for row, one in zip(rows, sought, strict=True):
            key = (id(one.bits), row.answer)
            if key not in said:
                said[key] = _Said(row.answer, one.bits)
            lines.append(_line(said[key], one))
        return np.array(lines, dtype=float).reshape(len(rows), len(self.names))


_MOST_KNOWN = 4096
_KNOWN: dict[tuple[int, str], tuple[Point, _Sought]] = {}
_BITS: dict[int, tuple[Item, dict[str, int]]] = {}
"""By the point's identity, which is kept with it: comparing or hashing a point costs more than reading an answer."""


class _Said:
    """What is looked at of an answer, found out once for all points."""

    def __init__(self, answer: str, bits: dict[str, int]) -> None:
        self._answer, self._bits = answer, bits

    @cached_property
    def content(self) -> frozenset[str]:
        return content(self._answer)

    @cached_property
    def pieces(self) -> _Pieces:
        return _Pieces.of(trigrams(self._answer), self._bits)

    @cached_property
    def is_negated(self) -> bool:
        return negation_count(self._answer) % 2 == 1

    @cached_property
    def length(self) -> float:
        return min(len(words(self._answer)), 200) / 200


@dataclass(frozen=True)
class _Pieces:
    """A set of trigrams: how many they are, and the known ones as bits of a number: two meet at the cost of an `&`."""

    count: int
    mask: int

    @classmethod
    def of(cls, found: Iterable[str], bits: dict[str, int]) -> _Pieces:
        """*found*, of which those without a number in *bits* meet nothing."""
        every = list(found)
        mask = 0
        for one in every:
            mask |= bits.get(one, 0)
        return cls(len(every), mask)


@dataclass(frozen=True)
class _Sought:
    """The same of a point, which every answer to it is held against."""

    wanted: frozenset[str]
    new: frozenset[str]
    accepts: tuple[_Pieces, ...]
    rejects: tuple[_Pieces, ...]
    is_negated: bool
    bits: dict[str, int]


def _found_out(row: Row) -> _Sought:
    """What *row* is held against, found out once for each point and question that is in memory."""
    key = (id(row.point), row.question)
    known = _KNOWN.get(key)
    if known is None or known[0] is not row.point:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
            _BITS.clear()
        prompt = f"{row.item.title}\n{row.item.prompt}\n{row.question}"
        known = _KNOWN[key] = row.point, _sought(_phrasings(row), prompt, _numbers(row.item))
    return known[1]


def _numbers(item: Item) -> dict[str, int]:
    """The bits of the trigrams that points of *item* have, one for each; more are added as points are found out."""
    known = _BITS.get(id(item))
    if known is None or known[0] is not item:
        known = _BITS[id(item)] = item, {}
    return known[1]


def _sought(phrasings: Phrasings, prompt: str, bits: dict[str, int]) -> _Sought:
    def pieces(text: str) -> _Pieces:
        found = trigrams(text)
        for one in found:
            bits.setdefault(one, 1 << len(bits))
        return _Pieces.of(found, bits)

    wanted = content(phrasings.claim)
    return _Sought(
        wanted,
        wanted - content(prompt),
        tuple(pieces(one) for one in (phrasings.claim, *phrasings.accepts)),
        tuple(pieces(one) for one in phrasings.rejects),
        negation_count(phrasings.claim) % 2 == 1,
        bits,
    )


def _phrasings(row: Row) -> Phrasings:
    found = row.point.follow_up_phrasings if row.question else row.point.phrasings
    assert found is not None
    return found


def _line(said: _Said, sought: _Sought) -> tuple[float, ...]:
    shared = len(said.content & sought.wanted)
    good = max(_likeness(said.pieces, one) for one in sought.accepts)
    bad = max((_likeness(said.pieces, one) for one in sought.rejects), default=0.0)
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


def _likeness(left: _Pieces, right: _Pieces) -> float:
    both = left.count * right.count
    return float((left.mask & right.mask).bit_count() / both**0.5) if both else 0.0
