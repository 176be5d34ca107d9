"""The engine beside SimPy and ciw: CPU time for a request through five stations.

With SimPy there are retries, timeouts and a held pool; ciw has none of these, and is compared without.

python bench/simulator.py [--json]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from greenroom.simulator import columns, engine, jit
from greenroom.simulator.tables import Plan, Station, Step, Tables, Time

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.simulator.shop import Load, Shop, plan  # the model that a test holds against the engine's

LOAD = Load()
Simulator = Callable[[int, int], tuple[float, float]]
"""Takes how many requests, and a seed; gives CPU seconds, and the mean time of a request in ms."""
TANDEM = (("edge", 1, 0.3), ("api", 3, 0.8), ("database", 4, 1.5), ("cache", 2, 0.5), ("model", 3, 1.0))
"""What ciw can say as well: five stations in a row (name, units, mean in ms), without calls, timeouts and pools."""


def tandem() -> Plan:
    made = Plan(stations={name: Station(units=units) for name, units, _ in TANDEM})
    made.label("in")
    made.add(*(Step(columns.SERVE, name, time=Time(mean), place=name) for name, _, mean in TANDEM), Step(columns.END))
    return made


def ours(count: int, seed: int, made: Plan) -> tuple[float, float]:
    """CPU seconds of the engine, and the mean time of a request."""
    arrivals = np.cumsum(np.random.default_rng(seed).exponential(1 / LOAD.rate, count))
    tables = Tables.of(made, seed, most_in_flight=20_000)
    answered, outcome = np.full(count, np.nan), np.zeros(count, np.int64)
    entries = np.full(count, tables.entry("in"))
    began = time.process_time()
    engine.run(
        tables.ints, tables.floats, tables.due, tables.events,
        arrivals, entries, answered, outcome, math.inf, 2**60,
    )  # fmt: skip
    took = time.process_time() - began
    return took, float((answered - arrivals)[outcome == columns.ANSWERED].mean())


def simpys(count: int, seed: int) -> tuple[float, float]:
    """The same in SimPy."""
    shop = Shop(LOAD, seed)
    arrivals = np.cumsum(np.random.default_rng(seed).exponential(1 / LOAD.rate, count)).tolist()
    began = time.process_time()
    outcome = shop.outcome(arrivals)
    return time.process_time() - began, outcome.mean_ms


def ciws(count: int, seed: int) -> tuple[float, float]:
    """The tandem in ciw: CPU seconds, and the mean time of a customer."""
    import ciw  # noqa: PLC0415 (it is there when somebody has asked for it)

    ciw.seed(seed)
    places = len(TANDEM)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=LOAD.rate), *[None] * (places - 1)],
        service_distributions=[ciw.dists.Exponential(rate=1 / mean) for _, _, mean in TANDEM],
        number_of_servers=[units for _, units, _ in TANDEM],
        routing=[[float(to == at + 1) for to in range(places)] for at in range(places)],
    )
    simulation = ciw.Simulation(network)
    began = time.process_time()
    simulation.simulate_until_max_customers(count)
    took = time.process_time() - began
    spent: dict[int, float] = {}
    for record in simulation.get_all_records():
        spent[record.id_number] = spent.get(record.id_number, 0.0) + record.exit_date - record.arrival_date
    return took, statistics.fmean(spent.values())


@dataclass(frozen=True)
class Beside:
    """The engine beside another simulator, in rounds in which both run one after the other."""

    cpu_s: float
    times: float
    rounds: list[float]
    mean_ms: tuple[float, float]

    @classmethod
    def of(cls, made: Plan, other: Simulator, rounds: int, count: int, slow: int) -> Beside:
        pairs = [(ours(count, seed, made), other(slow, seed)) for seed in range(1, rounds + 1)]
        ratios = [(slower[0] / slow) / (faster[0] / count) for faster, slower in pairs]
        means = (statistics.fmean(one[1] for one, _ in pairs), statistics.fmean(one[1] for _, one in pairs))
        return cls(
            round(statistics.median(one[0] for one, _ in pairs), 3),
            round(statistics.median(ratios), 1),
            [round(one, 1) for one in ratios],
            (round(means[0], 3), round(means[1], 3)),
        )

    def facts(self, name: str) -> dict[str, Any]:
        return {
            "cpu_s": self.cpu_s,
            f"times_{name}": self.times,
            "rounds": self.rounds,
            "mean_ms": {"engine": self.mean_ms[0], name: self.mean_ms[1]},
        }


def first_run_s() -> float:
    """From nothing to a first result in a new process: imports, and the compiled functions or their compilation."""
    program = "import sys; sys.path.insert(0, 'bench'); import simulator; simulator.ours(100, 0, simulator.tandem())"
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[1])
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=600_000)
    parser.add_argument("--slow", type=int, default=20_000, help="Requests in SimPy and ciw.")
    parser.add_argument("--peers", help="A folder where ciw is installed.")
    chosen = parser.parse_args()
    if chosen.peers:
        sys.path.append(chosen.peers)
    first = first_run_s()
    ours(100, 0, tandem())
    simpy = Beside.of(plan(LOAD), simpys, chosen.rounds, chosen.requests, chosen.slow)
    found: dict[str, Any] = {"compiled": jit.COMPILED, "requests": chosen.requests, "first_run_s": round(first, 2)}
    found["simpy"] = simpy.facts("simpy")
    if importlib.util.find_spec("ciw"):
        found["ciw"] = Beside.of(tandem(), ciws, chosen.rounds, chosen.requests, chosen.slow).facts("ciw")
    if chosen.json:
        print(json.dumps(found))
        return
    print(f"{chosen.requests:,} requests through five stations, with a held pool, timeouts and retries:")
    print(f"  {simpy.cpu_s} s of CPU time (median of {chosen.rounds}; the aim is 1 s).")
    print(f"  SimPy takes {simpy.times} times as long for a request (rounds {simpy.rounds}; the aim is 60).")
    print(f"  Mean time of a request, engine and SimPy: {simpy.mean_ms} ms.")
    if "ciw" in found:
        ciw = found["ciw"]
        print(f"The same stations in a row, without the rest: {ciw['cpu_s']} s of CPU time.")
        print(f"  ciw takes {ciw['times_ciw']} times as long for a request (rounds {ciw['rounds']}).")
        print(f"  Mean time of a request: {ciw['mean_ms']} ms.")
    else:
        print("Without ciw: it is not installed.")
    print(f"A new process to its first result: {first:.2f} s of wall time.")


if __name__ == "__main__":
    main()
