"""Running a compiled design, second by second, so that somebody who waits sees progress and can stop it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from greenroom.bank.source import Problem
from greenroom.kernel.errors import InputError
from greenroom.simulator import columns, jit
from greenroom.simulator.columns import Floats, Ints
from greenroom.simulator.design.errors import DesignError
from greenroom.simulator.design.model import Design
from greenroom.simulator.plans.compiling import Compiled, compiled
from greenroom.simulator.plans.layouts import Group
from greenroom.simulator.runs.arrivals import Stream, expected, stream
from greenroom.simulator.runs.declared import loads
from greenroom.simulator.tables import MOST_IN_FLIGHT, Tables

SEEDS = 5
MOST_REQUESTS = 10_000_000
"""Requests times seeds in one run."""
MOST_REQUESTS_INTERPRETED = 60_000
MOST_VISITS = 100_000_000
"""Visits of all requests together, retries not counted."""
MOST_COPIES = 5_000
_EVENTS_AT_ONCE = 2_000_000
_DRAIN_S = 10
_LEAST_TOKENS = 40_000

Progress = Callable[[float], bool]
"""Is told the part that is done, 0 to 1, at least once for each simulated second; False stops the run."""


class Stopped(Exception):
    """Somebody stopped the run."""


@dataclass(frozen=True)
class Watched:
    """A group of stations of a node, and where its copies lie in the tables."""

    node: str
    group: Group
    units: int
    is_batch: bool


@dataclass(frozen=True)
class Series:
    """What was counted up to the end of each second (rows, the first of them zero) at each watched group (columns).

    Areas are unit- and token-milliseconds; `up` is copy-milliseconds.
    """

    busy: Floats
    waiting: Floats
    up: Floats
    served: Floats
    batches: Floats
    batched: Floats


@dataclass(frozen=True)
class Sample:
    """One seed's run: when requests came, how long they took in ms (NaN: not answered), and the series."""

    seed: int
    stream: Stream
    took: Floats
    series: Series
    sites: dict[str, tuple[int, int, int]]
    overflowed: int


@dataclass(frozen=True)
class Samples:
    """All seeds' runs of one design."""

    design: Design
    seconds: float
    watched: tuple[Watched, ...]
    runs: tuple[Sample, ...]


@dataclass(frozen=True)
class Underway:
    """How far one seed's run has come. The arrays are the run's own: for reading, and they go on changing.

    *number* counts the seeds from 0. *passed_s*: the simulated seconds that have passed; *over*: so has the time in
    which what was under way could end. *waiting*: as in `Series`, a row for the end of each second.
    """

    design: Design
    seconds: float
    seeds: int
    watched: tuple[Watched, ...]
    number: int
    passed_s: float
    over: bool
    stream: Stream
    answered: Floats
    outcome: Ints
    waiting: list[Floats]


Watch = Callable[[Underway], None]
"""Is shown each seed's run after each simulated second, and once more when it is over."""


def unwatched(_run: Underway) -> None:
    """Nobody watches."""


def default_seconds(design: Design) -> float:
    """How long a run is when nobody says: until all has happened that is declared, and some time to recover."""
    if design.seconds is not None:
        return design.seconds
    ends = [fault.until_s + 15 for fault in design.faults]
    if design.traffic.shape == "flash":
        ends.append(design.traffic.at_s + design.traffic.for_s + 15)
    if design.traffic.shape == "diurnal":
        ends.append(design.traffic.period_s)
    if design.traffic.shape == "trace":
        ends.append(float(len(design.traffic.trace)))
    return math.ceil(max([30.0, *ends]))


def affordable_seconds(design: Design) -> float:
    """`default_seconds`; without numba as many of them as can be interpreted."""
    wanted = default_seconds(design)
    if jit.COMPILED:
        return wanted
    count = expected(design, wanted) * SEEDS
    return max(2.0, math.floor(wanted * min(1.0, MOST_REQUESTS_INTERPRETED / count)))


def _visits(design: Design) -> float:
    return 1.0 + sum(load.visits for load in loads(design).values())


def check_size(design: Design, seconds: float, seeds: int = SEEDS) -> None:
    """Raise InputError if a run would be more work than is done for one."""
    most = min(MOST_REQUESTS if jit.COMPILED else MOST_REQUESTS_INTERPRETED, int(MOST_VISITS / _visits(design)))
    count = expected(design, seconds) * seeds
    if count <= most:
        return
    affordable = max(1, int(seconds * most / count))
    why = "" if jit.COMPILED else "; without numba the simulator is interpreted"
    mend = f"run it for {affordable} s (`--seconds {affordable}`), or simulate a slice: a part of requests and copies"
    if not jit.COMPILED:
        mend += ", or install `greenroom[simulator]`"
    message = f"{count:,.0f} requests in {seconds:g} s and {seeds} seeds; at most {most:,} are simulated{why}"
    raise InputError(message, mend=mend)


def simulated(
    design: Design,
    seconds: float,
    seed: int,
    seeds: int = SEEDS,
    progress: Progress | None = None,
    watch: Watch = unwatched,
) -> Samples:
    """*design* run for so many *seconds* with each of *seeds* seeds from *seed* on. Who watches changes nothing.

    Raises InputError for too much work, DesignError for what cannot be compiled, and Stopped.
    """
    check_size(design, seconds, seeds)
    made = compiled(design, seconds)
    copies = sum(station.copies for station in made.plan.stations.values())
    if copies > MOST_COPIES:
        message = f"the design has {copies:,} servers; at most {MOST_COPIES:,} are simulated"
        raise DesignError([Problem("design", message, "simulate a slice: the same part of requests and of copies")])
    watched = tuple(
        Watched(
            name, group, made.plan.stations[group.station].units, made.plan.stations[group.station].batch_ms is not None
        )
        for name, layout in made.layouts.items()
        for group in layout.groups
    )
    if not watched:
        mend = "let it go through a node that works, like `api: {kind: async_api}`"
        raise DesignError([Problem("design", "no node of the design does any work", mend)])
    runs = []
    for number in range(seeds):

        def told(part: float, number: int = number) -> None:
            if progress is not None and not progress((number + part) / seeds):
                raise Stopped

        runs.append(_Run(design, made, watched, seconds, seed + number).sample(told, watch, number, seeds))
    return Samples(design, seconds, watched, tuple(runs))


class _Run:
    def __init__(self, design: Design, made: Compiled, watched: tuple[Watched, ...], seconds: float, seed: int) -> None:
        self.design, self.seconds, self.seed, self.watched = design, seconds, seed, watched
        self.stream = stream(design, seconds, seed)
        tokens = int(min(MOST_IN_FLIGHT, max(_LEAST_TOKENS, 60 * design.traffic.most)))
        self.tables = Tables.of(made.plan, seed, tokens)
        counts = [made.plan.stations[one.group.station].copies for one in watched]
        firsts = [self.tables.rows[f"copies {one.group.station}"] for one in watched]
        self.rows = np.concatenate(
            [np.arange(first, first + count) for first, count in zip(firsts, counts, strict=True)]
        )
        self.starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
        self.sites = list(made.plan.sites)
        names = [self.tables.entry(f"flow {name}") for name in design.flows]
        self.entries: Ints = np.array(names, np.int64)[self.stream.flows]
        count = len(self.stream.times)
        self.answered: Floats = np.full(count, np.nan)
        self.outcome: Ints = np.zeros(count, np.int64)
        self.up_area = np.zeros(len(watched))
        self.was_up = np.zeros(len(watched))
        self.waiting: list[Floats] = []

    def underway(self, number: int, seeds: int, passed_s: float, *, over: bool = False) -> Underway:
        return Underway(
            self.design, self.seconds, seeds, self.watched, number, passed_s, over,
            self.stream, self.answered, self.outcome, self.waiting,
        )  # fmt: skip

    def sample(self, told: Callable[[float], None], watch: Watch, number: int, seeds: int) -> Sample:
        ends = [*np.arange(1.0, math.floor(self.seconds) + 1), *([self.seconds] if self.seconds % 1 else [])]
        rows = [self._counted(0.0, 0.0)]
        past = 0.0
        for end in ends:
            self._until(1000.0 * end, told, end / self.seconds)
            rows.append(self._counted(1000.0 * end, 1000.0 * (end - past)))
            past = end
            watch(self.underway(number, seeds, end))
        self._until(1000.0 * (self.seconds + _DRAIN_S), told, 1.0)
        watch(self.underway(number, seeds, self.seconds, over=True))
        counted = [np.array(column) for column in zip(*rows, strict=True)]
        took = np.where(self.outcome == columns.ANSWERED, self.answered - self.stream.times, np.nan)
        overflowed = int((self.outcome == columns.OVERFLOWED).sum()) + int(self.tables.ints[0, columns.REFUSED] > 0)
        return Sample(self.seed, self.stream, took, Series(*counted), self._sites(), overflowed)

    def _until(self, until_ms: float, told: Callable[[float], None], part: float) -> None:
        from greenroom.simulator import engine, twin  # noqa: PLC0415 (who runs nothing does not wait for numba)

        run = engine.run if jit.COMPILED else twin.run
        tables, most = self.tables, _EVENTS_AT_ONCE if jit.COMPILED else 20_000
        while not run(
            tables.ints, tables.floats, tables.due, tables.events,
            self.stream.times, self.entries, self.answered, self.outcome, until_ms, most,
        ):  # fmt: skip
            told(min(part, 0.999))
        told(min(part, 0.999))

    def _counted(self, now: float, past: float) -> tuple[Floats, ...]:
        ints, floats = self.tables.ints[self.rows], self.tables.floats[self.rows]
        since = now - floats[:, columns.SINCE]
        busy = floats[:, columns.BUSY_AREA] + since * ints[:, columns.BUSY]
        waiting = floats[:, columns.WAITING_AREA] + since * ints[:, columns.WAITING]
        up = self._summed((ints[:, columns.UP] != columns.IS_DOWN).astype(np.float64))
        self.up_area = self.up_area + past * self.was_up
        self.was_up = up
        others = (
            self._summed(ints[:, one].astype(np.float64)) for one in (columns.SERVED, columns.BATCHES, columns.BATCHED)
        )
        self.waiting.append(self._summed(waiting))
        return (self._summed(busy), self.waiting[-1], self.up_area, *others)

    def _summed(self, values: Floats) -> Floats:
        return np.asarray(np.add.reduceat(values, self.starts))

    def _sites(self) -> dict[str, tuple[int, int, int]]:
        """Of each call: timeouts, retries, and how often its breaker opened."""
        ints = self.tables.ints
        found = {}
        for name in self.sites:
            row = ints[self.tables.rows[f"sites {name}"]]
            found[name] = (int(row[columns.TIMEOUTS]), int(row[columns.RETRIED]), int(row[columns.TRIPS]))
        return found
