"""What is to be simulated, in words, and the tables of numbers that the engine reads.

A `Plan` holds stations, call sites, caches, buckets, programs and faults by what they are; `Tables.of` lays them out.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from greenroom.simulator import columns
from greenroom.simulator.columns import Floats, Ints

Law = Literal["constant", "exponential", "lognormal"]
Policy = Literal["round_robin", "random", "least"]

NO_LIMIT = 2**40
MOST_IN_FLIGHT = 200_000
"""Tokens at once. Who holds more is beyond saving, and is told so."""

_LAWS: dict[Law, int] = {
    "constant": columns.CONSTANT,
    "exponential": columns.EXPONENTIAL,
    "lognormal": columns.LOGNORMAL,
}
_POLICIES: dict[Policy, int] = {
    "round_robin": columns.ROUND_ROBIN,
    "random": columns.RANDOM,
    "least": columns.LEAST,
}


@dataclass(frozen=True)
class Time:
    """How long something takes: *mean_ms* in the mean; *spread* is the coefficient of variation of a lognormal."""

    mean_ms: float
    law: Law = "exponential"
    spread: float = 1.0


@dataclass(frozen=True)
class Station:
    """*copies* of something that serves *units* tokens at a time each; *most_waiting* wait at each at most.

    With *batch_ms* a copy serves up to *units* together, in `batch_ms(n)` for n of them, and waits for a full batch
    as long as *wait_ms* at most. *in_turns* makes it an event loop of asyncio (`loops.py`).
    """

    copies: int = 1
    units: int = 1
    most_waiting: int = NO_LIMIT
    policy: Policy = "round_robin"
    batch_ms: Callable[[int], float] | None = None
    wait_ms: float = 0.0
    in_turns: bool = False


@dataclass(frozen=True)
class Site:
    """How something is called: *retries* more attempts at most, each after a *backoff_ms* that doubles and is jittered.

    With *budget* (a fraction of the calls) retries are drawn from a purse of ten at most, into which each first attempt
    puts that much. After *break_after* failures in a row no call is made for *open_ms*.
    """

    timeout_ms: float = math.inf
    retries: int = 0
    budget: float | None = None
    backoff_ms: float = 0.0
    break_after: float = math.inf
    open_ms: float = 0.0


@dataclass(frozen=True)
class Scaler:
    """Every *every_ms* as many copies of *station* are asked for as would be *aim* busy; they come after *delay_ms*.

    The station has *most* copies; *least* of them are there at first.
    """

    station: str
    least: int
    most: int
    aim: float = 0.6
    every_ms: float = 15_000.0
    delay_ms: float = 60_000.0


@dataclass(frozen=True)
class Cache:
    """*hit* of the lookups are answered when it is warm, which *entries* fills make it; it begins *warmth* warm."""

    hit: float
    entries: float = 1000.0
    warmth: float = 1.0


@dataclass(frozen=True)
class Bucket:
    """A token bucket: *rate_rps* drip into it, and it holds *size*."""

    rate_rps: float
    size: float


@dataclass(frozen=True)
class Step:
    """One step. *target* names what it is about, *label* a step to go to; *place* is where its luck comes from.

    *patience* is how long it is waited for in a queue, `constant` or `exponential`. *by_timer* says that what goes
    before was the end of a timer, not of an answer: an event loop takes up both in an order of its own.
    """

    op: int
    target: str = ""
    label: str = ""
    register: int = -1
    time: Time | None = None
    patience: Time | None = None
    chance: float = 0.0
    place: str = ""
    by_timer: bool = False


@dataclass(frozen=True)
class Fault:
    """At *at_ms* something happens to *target*: a copy (`model/1`), a cache or a station."""

    at_ms: float
    what: int
    target: str
    value: float = 0.0


@dataclass
class Plan:
    """Everything that is simulated. `steps` is one list; `labels` says where in it programs and branches begin."""

    stations: dict[str, Station] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    caches: dict[str, Cache] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    on_fail: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    scalers: list[Scaler] = field(default_factory=list)

    def label(self, name: str) -> None:
        """The next step is called *name*."""
        self.labels[name] = len(self.steps)

    def add(self, *steps: Step) -> None:
        """Append *steps*."""
        self.steps.extend(steps)


@dataclass
class Tables:
    """The engine's tables for one run, and where in them things are."""

    ints: Ints
    floats: Floats
    due: Floats
    events: Ints
    rows: dict[str, int]
    first_step: int
    labels: dict[str, int]

    @classmethod
    def of(cls, plan: Plan, seed: int, most_in_flight: int = MOST_IN_FLIGHT) -> Tables:
        """*plan* laid out for a run with *seed*, a number of 63 bits."""
        return _Layout(plan, most_in_flight).tables(seed)

    def entry(self, label: str) -> int:
        """The row of the step called *label*."""
        return self.first_step + self.labels[label]


class _Layout:
    def __init__(self, plan: Plan, most_in_flight: int) -> None:
        self.plan = plan
        self.tokens = most_in_flight
        self.rows: dict[str, int] = {}
        self.next = 1
        self.failure = self._room("failure", 1)
        self.first_step = self._room("steps", len(plan.steps))
        for name, station in plan.stations.items():
            self._room(f"station {name}", 1)
            first = self._room(f"copies {name}", station.copies)
            for number in range(station.copies):
                self.rows[f"{name}/{number}"] = first + number
            if station.batch_ms is not None:
                self._room(f"batch {name}", station.units // columns.FLOATS + 1)
        for sort in ("sites", "caches", "buckets"):
            for name in getattr(plan, sort):
                self._room(f"{sort} {name}", 1)
        self.first_fault = self._room("faults", len(plan.faults))
        self.first_scaler = self._room("scalers", len(plan.scalers))
        self.first_token = self._room("tokens", most_in_flight)
        self.ints: Ints = np.zeros((self.next, columns.INTS), np.int64)
        self.floats: Floats = np.zeros((self.next, columns.FLOATS), np.float64)

    def _room(self, name: str, count: int) -> int:
        self.rows[name] = self.next
        self.next += count
        return self.rows[name]

    def tables(self, seed: int) -> Tables:
        from greenroom.simulator import heap  # noqa: PLC0415 (who runs nothing does not wait for numba)

        most_events = 4 * (self.tokens + self.first_token + 16)
        due, events = np.zeros(most_events), np.zeros(most_events, np.int64)
        ints = self.ints
        ints[0, columns.SEED] = seed
        ints[0, columns.READY] = ints[0, columns.ENDED] = columns.EMPTY
        ints[0, columns.FAILURE] = self.failure
        ints[self.failure, columns.OP] = columns.FAIL
        ints[0, columns.FREE] = self.first_token
        ints[self.first_token :, columns.LINK] = np.arange(self.first_token + 1, self.next + 1)
        ints[self.next - 1, columns.LINK] = columns.EMPTY
        for number, step in enumerate(self.plan.steps):
            self._step(self.first_step + number, step, number)
        for name, station in self.plan.stations.items():
            self._station(name, station)
        self._others()
        for number, fault in enumerate(sorted(self.plan.faults, key=lambda one: one.at_ms)):
            self._fault(self.first_fault + number, fault)
            heap.schedule(ints, due, events, fault.at_ms, (self.first_fault + number) * 8 + columns.STRIKES)
        for number, scaler in enumerate(self.plan.scalers):
            row = self.first_scaler + number
            self._scaler(row, scaler)
            heap.schedule(ints, due, events, scaler.every_ms, row * 8 + columns.LOOKS)
        return Tables(ints, self.floats, due, events, self.rows, self.first_step, self.plan.labels)

    def _step(self, row: int, step: Step, number: int) -> None:
        ints, floats = self.ints[row], self.floats[row]
        ints[columns.OP] = step.op
        ints[columns.OPERAND] = self._operand(step)
        ints[columns.OTHER] = self._label(step.label) if step.op in (columns.CALL, columns.CACHE) else step.register
        # A place is named, so that a step keeps its luck in a design that has other steps around it.
        ints[columns.PLACE] = 16 * (zlib.crc32(step.place.encode()) if step.place else number)
        ints[columns.BY_TIMER] = step.by_timer
        time = step.time
        floats[columns.AMOUNT] = step.chance if time is None else time.mean_ms
        if time is not None:
            ints[columns.LAW] = _LAWS[time.law] if time.mean_ms > 0 else columns.CONSTANT
            floats[columns.SPREAD] = math.sqrt(math.log1p(time.spread**2))
        if step.patience is not None:
            floats[columns.PATIENCE] = step.patience.mean_ms
            floats[columns.PATIENCE_IS_MEAN] = step.patience.law == "exponential"

    def _operand(self, step: Step) -> int:
        if step.op <= columns.PICK:
            return self.rows[f"station {step.target}"]
        if step.op in (columns.BRANCH, columns.JUMP, columns.SPAWN, columns.BESIDE):
            return self._label(step.label)
        sort = {columns.CALL: "sites", columns.CACHE: "caches", columns.FILL: "caches", columns.LIMIT: "buckets"}
        return self.rows[f"{sort[step.op]} {step.target}"] if step.op in sort else 0

    def _label(self, name: str) -> int:
        return self.first_step + self.plan.labels[name]

    def _station(self, name: str, station: Station) -> None:
        row, first = self.rows[f"station {name}"], self.rows[f"copies {name}"]
        self.ints[row, columns.FIRST] = first
        self.ints[row, columns.COPIES] = station.copies
        self.ints[row, columns.POLICY] = _POLICIES[station.policy]
        self.ints[row, columns.PARTED] = columns.TOGETHER
        copies = slice(first, first + station.copies)
        self.ints[copies, columns.UNITS] = station.units
        self.ints[copies, columns.MOST] = station.most_waiting
        self.ints[copies, columns.UP] = 1
        self.ints[copies, columns.IN_TURNS] = station.in_turns
        self.ints[copies, columns.LAST_READY : columns.LAST_COME + 1] = columns.EMPTY
        self.floats[copies, columns.SLOWNESS] = 1.0
        self.floats[copies, columns.NEXT_RIPE] = -1.0
        self.floats[copies, columns.RIPE_AFTER] = station.wait_ms
        if station.batch_ms is not None:
            table = self.rows[f"batch {name}"]
            self.ints[copies, columns.TABLE] = table
            for size in range(1, station.units + 1):
                self.floats[table + size // columns.FLOATS, size % columns.FLOATS] = station.batch_ms(size)

    def _others(self) -> None:
        for name, site in self.plan.sites.items():
            row = self.rows[f"sites {name}"]
            on_fail = self._label(self.plan.on_fail[name]) if name in self.plan.on_fail else columns.EMPTY
            self.ints[row, :6] = (site.retries, columns.EMPTY, columns.EMPTY, 0, on_fail, 0)
            purse = 10.0 if site.budget is not None else math.inf
            budget = site.budget or 0.0
            self.floats[row] = (
                site.timeout_ms, budget, purse, purse, site.backoff_ms, 0.0, site.break_after, site.open_ms, 0.0
            )  # fmt: skip
        for name, cache in self.plan.caches.items():
            self.floats[self.rows[f"caches {name}"], :3] = (cache.hit, cache.warmth, cache.entries)
        for name, bucket in self.plan.buckets.items():
            self.floats[self.rows[f"buckets {name}"], :3] = (bucket.rate_rps / 1000.0, bucket.size, bucket.size)

    def _scaler(self, row: int, scaler: Scaler) -> None:
        station, first = self.rows[f"station {scaler.station}"], self.rows[f"copies {scaler.station}"]
        self.ints[first + scaler.least : first + scaler.most, columns.UP] = columns.IS_DOWN
        self.ints[row, :4] = (station, scaler.least, scaler.most, 0)
        self.floats[row, :4] = (scaler.every_ms, scaler.aim, scaler.delay_ms, 0.0)

    def _fault(self, row: int, fault: Fault) -> None:
        sort = {columns.COOLED: "caches ", columns.PARTS: "station ", columns.JOINS: "station "}.get(fault.what, "")
        self.ints[row, columns.WHAT] = fault.what
        self.ints[row, columns.TARGET] = self.rows[sort + fault.target]
        self.floats[row, columns.VALUE] = fault.value
