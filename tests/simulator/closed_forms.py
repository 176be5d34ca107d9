"""What queueing theory says, and what the engine measures beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from greenroom.simulator import columns, engine
from greenroom.simulator.columns import Ints
from greenroom.simulator.tables import Plan, Step, Tables

Floats = npt.NDArray[np.float64]
SEEDS = range(1, 21)


@dataclass(frozen=True)
class Ran:
    """One run: the time that each request took (NaN for one that failed), after the warm-up, and its tables."""

    took: Floats
    failed: float
    tables: Tables


def poisson(rate_per_ms: float, count: int, seed: int) -> Floats:
    """Times of arrivals."""
    return np.asarray(np.cumsum(np.random.default_rng(seed).exponential(1 / rate_per_ms, count)))


def program(*steps: Step) -> Plan:
    plan = Plan()
    plan.label("in")
    plan.add(*steps)
    return plan


def ended(plan: Plan, arrivals: Floats, seed: int, most_in_flight: int = 50_000) -> tuple[Floats, Ints, Tables]:
    """A run to its end: when each request was answered, what became of it, and the tables as they are then."""
    tables, count = Tables.of(plan, seed, most_in_flight), len(arrivals)
    answered, outcome = np.full(count, np.nan), np.zeros(count, np.int64)
    entries = np.full(count, tables.entry("in"))
    assert engine.run(
        tables.ints, tables.floats, tables.due, tables.events,
        arrivals, entries, answered, outcome, math.inf, 2**60,
    )  # fmt: skip
    assert not (outcome == columns.OVERFLOWED).any()
    assert (outcome != columns.PENDING).all()
    return answered, outcome, tables


def ran(plan: Plan, rate_per_ms: float, count: int, seed: int, warm_up: float = 0.1) -> Ran:
    arrivals = poisson(rate_per_ms, count, seed)
    answered, outcome, tables = ended(plan, arrivals, seed)
    late = slice(int(count * warm_up), None)
    took = np.where(outcome == columns.ANSWERED, answered - arrivals, np.nan)[late]
    return Ran(took, float((outcome[late] == columns.FAILED).mean()), tables)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of a mean by Student's t."""
    mean, error = float(np.mean(values)), float(np.std(values, ddof=1)) / math.sqrt(len(values))
    reach = float(student.ppf(0.975, len(values) - 1)) * error
    return mean - reach, mean + reach


def over_seeds(plan: Callable[[], Plan], rate: float, count: int, measure: Callable[[Ran], float]) -> list[float]:
    return [measure(ran(plan(), rate, count, seed)) for seed in SEEDS]


def erlang_b(offered: float, servers: int) -> float:
    """The part of calls that find all servers busy (Erlang 1917), by its recursion."""
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return blocked


def erlang_c(offered: float, servers: int) -> float:
    """The part of calls that wait."""
    blocked = erlang_b(offered, servers)
    used = offered / servers
    return blocked / (1 - used * (1 - blocked))


def erlang_a(rate: float, service: float, servers: int, patience: float) -> float:
    """The part of customers who leave, in M/M/c+M (Palm 1957), from the birth and death chain."""
    weights = [1.0]
    for state in range(1, 4000):
        leaves = min(state, servers) / service + max(0, state - servers) / patience
        weights.append(weights[-1] * rate / leaves)
    total = sum(weights)
    waiting = sum(weight * max(0, state - servers) for state, weight in enumerate(weights)) / total
    return waiting / patience / rate


def bulk_service(rate: float, most: int, batch_ms: Callable[[int], float], states: int = 400) -> float:
    """The mean time with Poisson arrivals and batches of one to *most* in fixed times, from the chain that is embedded
    at the ends of batches: after one that left k waiting, min(k, most) are served, or the next one who comes."""
    chain = np.zeros((states, states))
    for left in range(states):
        size = min(max(left, 1), most)
        span, rest = batch_ms(size), max(left - most, 0)
        coming = np.exp(-rate * span) * np.cumprod([1.0, *(rate * span / number for number in range(1, states))])
        chain[left, rest:] = coming[: states - rest]
        chain[left, -1] += 1 - chain[left].sum()
    weights = np.full(states, 1 / states)
    for _ in range(20_000):
        weights = weights @ chain
    span_of = [batch_ms(min(max(left, 1), most)) for left in range(states)]
    size_of = [min(max(left, 1), most) for left in range(states)]
    cycle = sum(weight * span for weight, span in zip(weights, span_of, strict=True)) + weights[0] / rate
    held = sum(
        weight * ((max(left - most, 0) + size) * span + rate * span * span / 2)
        for left, (weight, span, size) in enumerate(zip(weights, span_of, size_of, strict=True))
    )
    return float(held / cycle / rate)


def at(plan: Plan, arrivals: Sequence[float], seed: int = 1) -> Floats:
    """What requests that arrive at these times take; infinite for one that fails."""
    times = np.array(arrivals, dtype=float)
    answered, outcome, _ = ended(plan, times, seed)
    return np.where(outcome == columns.ANSWERED, answered - times, math.inf)
