"""Whose run comes next: round robin over the candidates, first come first served within one. Pure."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from greenroom.kernel.errors import CapacityError, QuotaError

T = TypeVar("T")


@dataclass(frozen=True)
class Bounds:
    """How many may wait: *total* of all candidates, *each* of one. None is no bound."""

    total: int | None = None
    each: int | None = None


class FairQueue(Generic[T]):
    """Entries of candidates, within *bounds*. Between two turns of one candidate every other that waits has one.

    In a round every candidate has one turn; who comes while it lasts and had none yet has it before the next begins.
    """

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._waiting: OrderedDict[Hashable, deque[T]] = OrderedDict()
        self._had_turn: set[Hashable] = set()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, candidate: Hashable, entry: T, *, bounded: bool = True) -> None:
        """Add *entry*. When *bounded*, raises CapacityError beyond the total and QuotaError beyond the candidate's."""
        if bounded:
            self._check(candidate)
        self._waiting.setdefault(candidate, deque()).append(entry)
        self._count += 1

    def _check(self, candidate: Hashable) -> None:
        own = len(self._waiting.get(candidate, ()))
        if self._bounds.each is not None and own >= self._bounds.each:
            raise QuotaError(f"{own} runs of yours are waiting already", mend="let one of them end, then run again")
        if self._bounds.total is not None and self._count >= self._bounds.total:
            raise CapacityError("too many runs are waiting", mend="your text is kept; try again in a minute")

    def pop(self) -> T | None:
        """Take the entry whose turn it is; None when nobody waits."""
        if not self._waiting:
            return None
        candidate = next((one for one in self._waiting if one not in self._had_turn), None)
        if candidate is None:
            self.end_round()
            candidate = next(iter(self._waiting))
        self._had_turn.add(candidate)
        entries = self._waiting.pop(candidate)
        entry = entries.popleft()
        self._count -= 1
        if entries:
            self._waiting[candidate] = entries  # behind all others
        return entry

    def end_round(self) -> None:
        """Forget who had a turn lately: there is room for all."""
        self._had_turn.clear()

    def remove(self, entry: T) -> bool:
        """Take *entry* out before its turn; False when it is not there."""
        for candidate, entries in self._waiting.items():
            if entry in entries:
                entries.remove(entry)
                self._count -= 1
                if not entries:
                    del self._waiting[candidate]
                return True
        return False

    def in_order(self) -> Iterator[T]:
        """All entries in the order of their turns, as it is if nobody else comes: an entry's index is its position."""
        taken: Counter[Hashable] = Counter()
        later = [one for one in self._waiting if one in self._had_turn]
        candidates = [one for one in self._waiting if one not in self._had_turn]
        while candidates or later:
            for candidate in candidates:
                yield self._waiting[candidate][taken[candidate]]
                taken[candidate] += 1
            candidates = [one for one in later + candidates if taken[one] < len(self._waiting[one])]
            later = []
