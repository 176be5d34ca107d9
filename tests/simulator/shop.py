"""One model twice, for the engine and in SimPy: five stations, calls with timeouts and retries, a held pool."""

from __future__ import annotations

import random
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy

from greenroom.simulator import columns
from greenroom.simulator.tables import Plan, Site, Station, Step, Time

STATIONS = {"edge": (1, 1), "api": (3, 1), "pool": (1, 16), "database": (1, 4), "cache": (2, 1), "model": (3, 1)}
"""Copies, and units of each."""


@dataclass(frozen=True)
class Load:
    """*rate* requests a millisecond; what waits longer than *timeout_ms* is tried again, *retries* times at most.

    Retries are paid from a purse of ten, into which each call puts *budget*. A query holds one of *pool* connections.
    """

    rate: float = 2.0
    timeout_ms: float = 25.0
    retries: int = 2
    budget: float = 0.1
    pool: int = 16
    backoff_ms: float = 0.0
    edge_ms: float = 0.3
    api_ms: float = 0.8
    query_ms: float = 1.5
    cache_ms: float = 0.5
    model_ms: float = 1.0


@dataclass(frozen=True)
class Outcome:
    """The mean time of the answered in ms, the share that failed, and retries for each request."""

    mean_ms: float
    failed: float
    retried: float


def plan(load: Load) -> Plan:
    """The model for the engine."""
    made = Plan(
        stations={name: Station(copies, units) for name, (copies, units) in STATIONS.items()},
        sites={"client": Site(load.timeout_ms, load.retries, budget=load.budget, backoff_ms=load.backoff_ms)},
    )
    made.stations["pool"] = Station(units=load.pool)
    made.label("in")
    made.add(Step(columns.CALL, "client", label="try"), Step(columns.END))
    made.label("try")
    made.add(
        Step(columns.SERVE, "edge", time=Time(load.edge_ms), place="edge"),
        Step(columns.SERVE, "api", time=Time(load.api_ms), place="api"),
        Step(columns.ACQUIRE, "pool", register=0),
        Step(columns.SERVE, "database", time=Time(load.query_ms), place="database"),
        Step(columns.RELEASE, register=0),
        Step(columns.SERVE, "cache", time=Time(load.cache_ms), place="cache"),
        Step(columns.SERVE, "model", time=Time(load.model_ms), place="model"),
        Step(columns.END),
    )
    return made


class Shop:
    """The model in SimPy, as its manual would have it written."""

    def __init__(self, load: Load, seed: int) -> None:
        self.load, self.env, self.random = load, simpy.Environment(), random.Random(seed)
        sizes = STATIONS | {"pool": (1, load.pool)}
        self.resources = {
            name: [simpy.Resource(self.env, units) for _ in range(copies)] for name, (copies, units) in sizes.items()
        }
        self.turns = dict.fromkeys(self.resources, 0)
        self.purse, self.retried = 10.0, 0
        self.took: list[tuple[int, float]] = []
        self.lost: list[int] = []

    def copy_of(self, name: str) -> simpy.Resource:
        copies = self.resources[name]
        self.turns[name] = (self.turns[name] + 1) % len(copies)
        return copies[self.turns[name]]

    def served(self, name: str, mean: float) -> Generator[Any, Any, None]:
        with self.copy_of(name).request() as unit:
            yield unit
            yield self.env.timeout(self.random.expovariate(1 / mean))

    def attempt(self) -> Generator[Any, Any, None]:
        load = self.load
        yield from self.served("edge", load.edge_ms)
        yield from self.served("api", load.api_ms)
        with self.copy_of("pool").request() as connection:
            yield connection
            yield from self.served("database", load.query_ms)
        yield from self.served("cache", load.cache_ms)
        yield from self.served("model", load.model_ms)

    def client(self, number: int) -> Generator[Any, Any, None]:
        began = self.env.now
        self.purse = min(10.0, self.purse + self.load.budget)
        for tries in range(self.load.retries + 1):
            if tries and self.purse < 1:
                break
            if tries:
                self.purse -= 1
                self.retried += 1
                if self.load.backoff_ms:
                    yield self.env.timeout(self.load.backoff_ms * 2 ** (tries - 1) * (0.5 + self.random.random()))
            attempt = self.env.process(self.attempt())
            yield attempt | self.env.timeout(self.load.timeout_ms)
            if attempt.triggered:
                self.took.append((number, self.env.now - began))
                return
        self.lost.append(number)

    def arrive(self, arrivals: Sequence[float]) -> Generator[Any, Any, None]:
        for number, at in enumerate(arrivals):
            yield self.env.timeout(at - self.env.now)
            self.env.process(self.client(number))

    def outcome(self, arrivals: Sequence[float], warm_up: int = 0) -> Outcome:
        """Run it to its end; the first *warm_up* requests are not counted."""
        count = len(arrivals)
        self.env.process(self.arrive(arrivals))
        self.env.run()
        took = [each for number, each in self.took if number >= warm_up]
        lost = sum(number >= warm_up for number in self.lost)
        return Outcome(float(np.mean(took)), lost / (count - warm_up), self.retried / count)
