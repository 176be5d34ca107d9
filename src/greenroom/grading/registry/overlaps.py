"""Features of words alone, for linear models: what an answer shares with a point's claim and with its mistakes."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock

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
        sought = [_found_out(row) for row in rows]  # all first: an answer is counted once for all that is sought
        said: dict[tuple[int, str], _Said] = {}
        lines = []
        for row, one in zip(rows, sought, strict=True):
            key = (id(one.counter), row.answer)
            found = said.get(key)
            if found is None:
                found = said[key] = _Said(row.answer, one.counter)
            lines.append(_line(found, one))
        numbers = np.fromiter(chain.from_iterable(lines), float, len(lines) * len(self.names))
        return numbers.reshape(len(lines), len(self.names))


_MOST_KNOWN = 4096
_LANE = 16
_KNOWN: dict[tuple[int, str], tuple[Point, _Sought]] = {}
_COUNTERS: dict[int, tuple[Item, _Counter]] = {}
"""By the point's identity, which is kept with it: comparing or hashing a point costs more than reading an answer."""
_FINDING_OUT = Lock()


class _Counter:
    """How many trigrams an answer shares with each phrasing of an item, all phrasings at once.

    Each trigram has a number with a lane of bits for every phrasing, and a one in those of the phrasings that have it:
    the sum over an answer's trigrams is all the counts.
    """

    def __init__(self) -> None:
        self._lanes: dict[str, int] = {}
        self._scales: list[float] = []

    def add(self, phrasings: Iterable[str]) -> slice:
        """Take *phrasings* in; returns their places."""
        began = len(self._scales)
        for one in phrasings:
            found, lane = trigrams(one), 1 << (_LANE * len(self._scales))
            self._scales.append(len(found) ** -0.5 if found else 0.0)
            for piece in found:
                self._lanes[piece] = self._lanes.get(piece, 0) + lane
        return slice(began, len(self._scales))

    def likenesses(self, found: frozenset[str]) -> list[float]:
        """The likeness of *found* to each phrasing, 0..1: the shared trigrams by the geometric mean of both's."""
        total = sum(filter(None, map(self._lanes.get, found)))
        scales = self._scales.copy()  # after the sum: another thread may have added phrasings since
        counts = struct.unpack(f"<{len(scales)}H", total.to_bytes(len(scales) * _LANE // 8, "little"))
        own = len(found) ** -0.5 if found else 0.0
        return [count * scale * own for count, scale in zip(counts, scales, strict=True)]


class _Said:
    """What is looked at of an answer, found out once for all points."""

    def __init__(self, answer: str, counter: _Counter) -> None:
        self.content = content(answer)
        self.likenesses = counter.likenesses(trigrams(answer))
        self.is_negated = negation_count(answer) % 2 == 1
        self.length = min(len(words(answer)), 200) / 200


@dataclass(frozen=True)
class _Sought:
    """The same of a point, which every answer to it is held against."""

    wanted: frozenset[str]
    new: frozenset[str]
    accepts: slice
    rejects: slice
    is_negated: bool
    counter: _Counter


def _found_out(row: Row) -> _Sought:
    """What *row* is held against, found out once for each point and question that is in memory."""
    key = (id(row.point), row.question)
    known = _KNOWN.get(key)
    if known is None or known[0] is not row.point:
        with _FINDING_OUT:  # two threads that added phrasings at once would give them the same places
            known = _KNOWN[key] = row.point, _new(row)
    return known[1]


def _new(row: Row) -> _Sought:
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.clear()
        _COUNTERS.clear()
    return _sought(_phrasings(row), f"{row.item.title}\n{row.item.prompt}\n{row.question}", _counter(row.item))


def _counter(item: Item) -> _Counter:
    """The counter of *item*; more phrasings are added as points are found out."""
    known = _COUNTERS.get(id(item))
    if known is None or known[0] is not item:
        known = _COUNTERS[id(item)] = item, _Counter()
    return known[1]


def _sought(phrasings: Phrasings, prompt: str, counter: _Counter) -> _Sought:
    wanted = content(phrasings.claim)
    return _Sought(
        wanted,
        wanted - content(prompt),
        counter.add((phrasings.claim, *phrasings.accepts)),
        counter.add(phrasings.rejects),
        negation_count(phrasings.claim) % 2 == 1,
        counter,
    )


def _phrasings(row: Row) -> Phrasings:
    found = row.point.follow_up_phrasings if row.question else row.point.phrasings
    assert found is not None
    return found


def _line(said: _Said, sought: _Sought) -> tuple[float, ...]:
    shared = said.content & sought.wanted
    good = max(said.likenesses[sought.accepts])
    bad = max(said.likenesses[sought.rejects], default=0.0)
    return (
        len(shared) / max(len(sought.wanted), 1),
        len(shared) / max(len(said.content), 1),
        len(shared & sought.new) / max(len(sought.new), 1),
        good,
        bad,
        good - bad,
        float(said.is_negated != sought.is_negated),
        said.length,
    )
