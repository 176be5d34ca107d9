"""The engine beside SimPy: CPU time for a request through five stations, with retries, timeouts and a held pool.

python bench/simulator.py [--json]
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import time
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from greenroom.simulator import columns, engine, jit
from greenroom.simulator.tables import Plan, Site, Station, Step, Tables, Time

RATE = 2.0
TIMEOUT_MS, RETRIES = 25.0, 2
API, QUERY, CACHE, MODEL, EDGE = 0.8, 1.5, 0.5, 1.0, 0.3


def plan() -> Plan:
    made = Plan(
        stations={
            "edge": Station(),
            "api": Station(copies=3),
            "pool": Station(units=16),
            "database": Station(units=4),
            "cache": Station(copies=2),
            "model": Station(copies=3),
        },
        sites={"client": Site(TIMEOUT_MS, RETRIES, budget=0.1)},
    )
    made.label("in")
    made.add(Step(columns.CALL, "client", label="try"), Step(columns.END))
    made.label("try")
    made.add(
        Step(columns.SERVE, "edge", time=Time(EDGE), place="edge"),
        Step(columns.SERVE, "api", time=Time(API), place="api"),
        Step(columns.ACQUIRE, "pool", register=0),
        Step(columns.SERVE, "database", time=Time(QUERY), place="database"),
        Step(columns.RELEASE, register=0),
        Step(columns.SERVE, "cache", time=Time(CACHE), place="cache"),
        Step(columns.SERVE, "model", time=Time(MODEL), place="model"),
        Step(columns.END),
    )
    return made


def ours(count: int, seed: int) -> tuple[float, float]:
    """CPU seconds, and the mean time of a request."""
    arrivals = np.cumsum(np.random.default_rng(seed).exponential(1 / RATE, count))
    tables = Tables.of(plan(), seed, most_in_flight=20_000)
    answered, outcome = np.full(count, np.nan), np.zeros(count, np.int64)
    entries = np.full(count, tables.entry("in"))
    began = time.process_time()
    engine.run(
        tables.ints, tables.floats, tables.due, tables.events,
        arrivals, entries, answered, outcome, math.inf, 2**60,
    )  # fmt: skip
    took = time.process_time() - began
    return took, float((answered - arrivals)[outcome == columns.ANSWERED].mean())


class Shop:
    """The same in SimPy."""

    def __init__(self, seed: int) -> None:
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.resources = {
            name: [simpy.Resource(self.env, units) for _ in range(copies)]
            for name, copies, units in (
                ("edge", 1, 1), ("api", 3, 1), ("pool", 1, 16), ("database", 1, 4), ("cache", 2, 1), ("model", 3, 1)
            )
        }  # fmt: skip
        self.turns = dict.fromkeys(self.resources, 0)
        self.purse, self.took = 10.0, list[float]()

    def copy_of(self, name: str) -> simpy.Resource:
        copies = self.resources[name]
        self.turns[name] = (self.turns[name] + 1) % len(copies)
        return copies[self.turns[name]]

    def served(self, name: str, mean: float) -> Generator[Any, Any, None]:
        with self.copy_of(name).request() as unit:
            yield unit
            yield self.env.timeout(self.random.expovariate(1 / mean))

    def attempt(self) -> Generator[Any, Any, None]:
        yield from self.served("edge", EDGE)
        yield from self.served("api", API)
        with self.copy_of("pool").request() as connection:
            yield connection
            yield from self.served("database", QUERY)
        yield from self.served("cache", CACHE)
        yield from self.served("model", MODEL)

    def client(self) -> Generator[Any, Any, None]:
        began = self.env.now
        self.purse = min(10.0, self.purse + 0.1)
        for number in range(RETRIES + 1):
            if number and self.purse < 1:
                return
            self.purse -= number > 0
            attempt = self.env.process(self.attempt())
            yield attempt | self.env.timeout(TIMEOUT_MS)
            if attempt.triggered:
                self.took.append(self.env.now - began)
                return

    def arrive(self, count: int) -> Generator[Any, Any, None]:
        for _ in range(count):
            yield self.env.timeout(self.random.expovariate(RATE))
            self.env.process(self.client())


def theirs(count: int, seed: int) -> tuple[float, float]:
    """CPU seconds, and the mean time of a request."""
    shop = Shop(seed)
    shop.env.process(shop.arrive(count))
    began = time.process_time()
    shop.env.run()
    return time.process_time() - began, statistics.fmean(shop.took)


def measure(rounds: int, count: int, slow: int) -> dict[str, Any]:
    """The medians over *rounds* in which both run, one after the other."""
    began = time.perf_counter()
    ours(100, 0)
    first = time.perf_counter() - began
    pairs = [(ours(count, seed), theirs(slow, seed)) for seed in range(1, rounds + 1)]
    ratios = [(slower[0] / slow) / (faster[0] / count) for faster, slower in pairs]
    return {
        "compiled": jit.COMPILED,
        "first_run_s": round(first, 2),
        "requests": count,
        "cpu_s": round(statistics.median(one[0] for one, _ in pairs), 3),
        "times_simpy": round(statistics.median(ratios), 1),
        "rounds": [round(one, 1) for one in ratios],
        "mean_ms": {
            "engine": round(statistics.fmean(one[1] for one, _ in pairs), 3),
            "simpy": round(statistics.fmean(one[1] for _, one in pairs), 3),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=600_000)
    parser.add_argument("--slow", type=int, default=20_000, help="Requests in SimPy.")
    chosen = parser.parse_args()
    found = measure(chosen.rounds, chosen.requests, chosen.slow)
    if chosen.json:
        print(json.dumps(found))
        return
    print(
        f"{found['requests']:,} requests: {found['cpu_s']} s of CPU time (median of {chosen.rounds}; the aim is 1 s)."
    )
    print(f"SimPy takes {found['times_simpy']} times as long for a request (rounds {found['rounds']}; the aim is 60).")
    print(f"Mean time of a request: {found['mean_ms']}. First run, compiled or loaded: {found['first_run_s']} s.")


if __name__ == "__main__":
    main()
