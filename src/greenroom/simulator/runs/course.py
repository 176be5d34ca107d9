"""The course of a run while it goes on: numbers for each span of time, the mean of the seeds that have come so far.

It reads the arrays of the run and changes none. It computes nothing until it is asked, and then each span once, or
again while its requests are under way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.simulator import columns
from greenroom.simulator.columns import Floats, Ints
from greenroom.simulator.runs.outcomes import good_within_ms
from greenroom.simulator.runs.running import Underway
from greenroom.simulator.runs.telling import rounded

MOST_SPANS = 120
MOST_QUEUES = 3
"""Of how many nodes the queue is told: of those where most waited at once."""
_LOOK_BACK_S = 10.0
_LONGEST_HELD_BACK_S = 5.0


def span_seconds(seconds: float) -> int:
    """How many seconds are one span in a run of *seconds*: one, unless there would be more spans than are told."""
    return math.ceil(math.ceil(seconds) / MOST_SPANS)


class Course:
    """What has happened so far in a run that it is let `see`."""

    def __init__(self) -> None:
        self._seeds: list[_Seed] = []

    def see(self, run: Underway) -> None:
        """Remember how far *run* has come. It costs nothing; the run's arrays are looked at when the course is told."""
        if len(self._seeds) <= run.number:
            self._seeds.append(_Seed(run))
        self._seeds[-1].run = run

    def told(self) -> dict[str, Any] | None:
        """The course as plain JSON, its series as long as is known; None before anything is.

        The last second or more is held back, for its requests are still under way.
        """
        for one in self._seeds:
            one.read()
        count = max((one.known for one in self._seeds), default=0)
        if not count:
            return None
        newest = self._seeds[-1].run
        return {
            "run": newest.number + 1,
            "runs": newest.seeds,
            "second": math.floor(newest.passed_s),
            "seconds": newest.seconds,
            "every_s": span_seconds(newest.seconds),
            "faults": [{"fault": one.shown, "at_s": one.at_s, "for_s": one.for_s} for one in newest.design.faults],
            "over_time": {name: _plain(column) for name, column in self._over_time(count).items()},
            "queues": {name: _plain(column) for name, column in self._queues(count).items()},
        }

    def _over_time(self, count: int) -> dict[str, Floats]:
        offered, ended, answered, good = np.sum([one.counts[:, :count] for one in self._seeds], axis=0)
        each = self._seeds_at(count) * span_seconds(self._seeds[0].run.seconds)
        errors = np.where(ended > 0, 100 * (1 - answered / np.maximum(1, ended)), 0.0)
        slow = _mean_of_known(np.array([one.slow[:count] for one in self._seeds]))
        return {"offered_rps": offered / each, "goodput_rps": good / each, "errors_pct": errors, "p99_ms": slow}

    def _seeds_at(self, count: int) -> Ints:
        """How many seeds have come past each span."""
        return np.asarray(np.sum([np.arange(count) < one.known for one in self._seeds], axis=0))

    def _queues(self, count: int) -> dict[str, Floats]:
        waiting = np.sum([one.waiting[:, :count] for one in self._seeds], axis=0) / self._seeds_at(count)
        found: dict[str, Floats] = {}
        for place, watched in enumerate(self._seeds[0].run.watched):
            found[watched.node] = found.get(watched.node, np.zeros(count)) + waiting[place]
        fullest = sorted(found, key=lambda name: -float(found[name].max()))[:MOST_QUEUES]
        return {name: found[name] for name in fullest}


_NOTHING = np.zeros(0)


def _mean_of_known(rows: Floats) -> Floats:
    """The mean of each column over the rows that have a number there; NaN where none has."""
    known = ~np.isnan(rows)
    means = np.where(known, rows, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0))
    return np.where(known.any(axis=0), means, np.nan)


@dataclass
class _Seed:
    """The spans of one seed's run.

    *counts*: requests that came in each span, have ended, were answered, and well; zero where it is not known yet.
    *slow*: the 99th percentile of their times in ms; NaN until 99 % of them have ended.
    """

    run: Underway
    known: int = 0
    cuts: Ints = field(init=False)
    counts: Floats = field(init=False)
    slow: Floats = field(init=False)
    waiting: Floats = field(init=False)
    settled: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.every = span_seconds(self.run.seconds)
        count = math.ceil(self.run.seconds / self.every)
        self.cuts = np.searchsorted(self.run.stream.times, 1000.0 * self.every * np.arange(count + 1))
        self.counts = np.zeros((4, count))
        self.slow = np.full(count, np.nan)
        self.waiting = np.zeros((len(self.run.watched), count))
        self.settled = np.zeros(count, np.bool_)
        self.good_ms = good_within_ms(self.run.design)
        patience_s = self.good_ms / 1000 if math.isfinite(self.good_ms) else 0.0
        self.held_back_s = min(_LONGEST_HELD_BACK_S, max(1.0, patience_s))

    def read(self) -> None:
        """Take in what has happened since it was last read."""
        if self.settled.all():
            return
        run, before, count = self.run, self.known, len(self.slow)
        past = count if run.over else math.floor((run.passed_s - self.held_back_s) / self.every)
        self.known = max(before, min(count, past))
        recent = (run.passed_s - _LOOK_BACK_S) / self.every
        for span in range(self.known):
            if not self.settled[span] and (run.over or span >= min(before, recent) or np.isnan(self.slow[span])):
                self._read_span(span)
        self._read_queues(before)
        if run.over:
            self.run = replace(run, answered=_NOTHING, outcome=_NOTHING.astype(np.int64))  # not held any longer

    def _read_span(self, span: int) -> None:
        came = slice(self.cuts[span], self.cuts[span + 1])
        outcome = self.run.outcome[came]
        answered = outcome == columns.ANSWERED
        took = self.run.answered[came][answered] - self.run.stream.times[came][answered]
        ended = len(outcome) if self.run.over else int((outcome != columns.PENDING).sum())
        self.settled[span] = ended == len(outcome)
        self.counts[:, span] = (len(outcome), ended, len(took), int((took <= self.good_ms).sum()))
        if ended >= 0.99 * len(outcome):
            self.slow[span] = float(np.percentile(took, 99)) if len(took) else 0.0

    def _read_queues(self, before: int) -> None:
        """The mean of how many waited, from the areas at the ends of the seconds."""
        areas = self.run.waiting
        for span in range(before, self.known):
            first, last = span * self.every, min((span + 1) * self.every, len(areas) - 1)
            self.waiting[:, span] = (areas[last] - areas[first]) / (1000 * self.every)


def _plain(column: Floats) -> list[float | None]:
    return [rounded(float(one)) for one in column]
