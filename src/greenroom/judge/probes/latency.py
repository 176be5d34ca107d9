"""Times as ratios to a reference that runs beside the project, in the same examination and on the same machine.

A time by itself says how busy the machine was. So the project and a reference are measured in turns, in rounds that
are interleaved; each round gives one ratio, and the median of the rounds is judged with an interval that holds whatever
the distribution is. A ratio whose interval lies around the budget is *unclear*, and nobody fails for it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import comb
from typing import Literal

from greenroom.judge.probes.seats import PATIENCE_S
from greenroom.judge.probes.service import Exchange, Service

CONFIDENCE = 0.99
LOOKS = (8, 14, 20, 32)
"""Rounds after which it is decided whether the ratio is clear; after the last one it is left unclear."""

Judged = Literal["within", "above", "unclear"]


@dataclass(frozen=True)
class Ratio:
    """How many times the reference's time the project took: the median of *rounds*, and where it lies with
    `CONFIDENCE` (`low`, `high`)."""

    median: float
    low: float
    high: float
    rounds: int

    def judged(self, at_most: float) -> Judged:
        """Whether it is at most *at_most*; unclear where the interval lies on both sides."""
        if self.high <= at_most:
            return "within"
        return "above" if self.low > at_most else "unclear"

    def told(self, at_most: float) -> str:
        """It in words, with its budget."""
        text = f"{self.median:.2g} times the reference ({self.low:.2g} to {self.high:.2g}), budget {at_most:g}"
        unclear = self.judged(at_most) == "unclear"
        return f"{text}: too noisy here to say, so it is not held against you" if unclear else text


def ratio_of(rounds: Sequence[tuple[float, float]], least: float = 0.0) -> Ratio:
    """The ratio of *rounds*, each (the project's, the reference's); both are taken to be *least* where they are less.

    The interval is that of the sign test: between the k-th smallest and the k-th largest of n ratios the median lies
    with probability 1 - 2 P(B < k), B binomial with n and 1/2 (Conover, Practical Nonparametric Statistics, 3.2). It
    takes eight rounds for `CONFIDENCE`; with fewer it is from the smallest to the largest. Raises ValueError without
    rounds, or when a reference took no time.
    """
    if not rounds or any(max(theirs, least) <= 0 for _, theirs in rounds):
        raise ValueError("no rounds, or a reference that took no time")
    found = sorted(max(ours, least) / max(theirs, least) for ours, theirs in rounds)
    outer = _outer(len(found))
    return Ratio(statistics.median(found), found[outer], found[-1 - outer], len(found))


def _outer(rounds: int) -> int:
    """How many of the smallest and of the largest ratios lie outside of the interval."""
    missed, outer = 0.0, 0
    while outer < (rounds - 1) // 2:
        missed += 2 * comb(rounds, outer) / 2**rounds
        if missed > 1 - CONFIDENCE:
            break
        outer += 1
    return max(0, outer - 1)


def compare(
    ours: Callable[[], float],
    theirs: Callable[[], float],
    at_most: float,
    *,
    least: float = 0.0,
    looks: Sequence[int] = LOOKS,
) -> Ratio:
    """Measure both in turns, who begins by turns as well, until the ratio is clear or the last of *looks* is over.

    *ours* and *theirs* do the work once and say what it took, usually in seconds. Below *least* differences do not
    count: the machine's own hiccups.
    """
    ours(), theirs()  # what is done once only
    rounds: list[tuple[float, float]] = []
    for look in looks:
        while len(rounds) < look:
            if len(rounds) % 2:
                second, first = theirs(), ours()
            else:
                first, second = ours(), theirs()
            rounds.append((first, second))
        if ratio_of(rounds, least).judged(at_most) != "unclear":
            break
    return ratio_of(rounds, least)


def latencies(
    service: Service, begin: Callable[[int], Exchange], *, clients: int, requests: int, patience_s: float = PATIENCE_S
) -> list[float]:
    """Seconds that each of *requests* took while *clients* ask at once, each again as soon as it has its response.

    *begin* begins the request of a number, from 0 on, usually by `service.begin`.
    """
    took: list[float] = []
    numbers = iter(range(requests))
    going = {begin(number): time.perf_counter() for number in islice(numbers, clients)}
    while going:
        service.until(lambda: any(one.done for one in going), patience_s)
        now = time.perf_counter()
        for one in [one for one in going if one.done]:
            took.append(now - going.pop(one))
            for number in islice(numbers, 1):
                going[begin(number)] = time.perf_counter()
    return took
