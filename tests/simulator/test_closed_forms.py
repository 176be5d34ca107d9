"""The engine beside closed forms: twenty seeds each, and what theory says lies in the 95 % interval of the mean."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.simulator.closed_forms import (
    Ran,
    at,
    bulk_service,
    erlang_a,
    erlang_b,
    erlang_c,
    interval,
    over_seeds,
    program,
    ran,
)

from greenroom.simulator import columns
from greenroom.simulator.tables import NO_LIMIT, Plan, Station, Step, Time

COUNT = 100_000


def mean(one: Ran) -> float:
    return float(np.nanmean(one.took))


def queue(servers: int, time: Time, most_waiting: int = NO_LIMIT) -> Plan:
    plan = program(Step(columns.SERVE, "desk", time=time, place="desk"), Step(columns.END))
    plan.stations["desk"] = Station(units=servers, most_waiting=most_waiting)
    return plan


def expect(theory: float, values: list[float]) -> None:
    low, high = interval(values)
    assert low <= theory <= high, f"theory {theory:.5f}, measured {np.mean(values):.5f} ({low:.5f} to {high:.5f})"


@pytest.mark.parametrize("used", [0.5, 0.8])
def test_one_server(used: float) -> None:
    """M/M/1: the mean time is service / (1 - rho)."""
    expect(1 / (1 - used), over_seeds(lambda: queue(1, Time(1.0)), used, COUNT, mean))


@pytest.mark.parametrize("servers", [4, 20])
def test_many_servers(servers: int) -> None:
    """M/M/c: Erlang C of the customers wait, service / (c (1 - rho)) in the mean."""
    offered = 0.8 * servers
    theory = 1 + erlang_c(offered, servers) / (servers * (1 - 0.8))
    expect(theory, over_seeds(lambda: queue(servers, Time(1.0)), offered, COUNT, mean))


def test_constant_service() -> None:
    """M/D/1 (Pollaczek and Khinchine): waiting is half of that in M/M/1."""
    expect(1 + 0.8 / (2 * 0.2), over_seeds(lambda: queue(1, Time(1.0, "constant")), 0.8, COUNT, mean))


@pytest.mark.parametrize("spread", [0.5, 1.5])
def test_general_service(spread: float) -> None:
    """M/G/1 with a lognormal service (Pollaczek and Khinchine)."""
    theory = 1 + 0.7 * (1 + spread**2) / (2 * 0.3)
    expect(theory, over_seeds(lambda: queue(1, Time(1.0, "lognormal", spread)), 0.7, 2 * COUNT, mean))


def feedback() -> Plan:
    plan = program(
        Step(columns.SERVE, "desk", time=Time(1.0), place="desk"),
        Step(columns.BRANCH, label="in", chance=0.4, place="again"),
        Step(columns.END),
    )
    plan.stations["desk"] = Station()
    return plan


def test_feedback() -> None:
    """Who comes back with probability p (Jackson 1957): visits 1 / (1 - p), each service / (1 - rho)."""
    rate = 0.7 * (1 - 0.4)
    expect(1 / (1 - 0.4) / (1 - 0.7), over_seeds(feedback, rate, COUNT, mean))


def network() -> Plan:
    """A desk, then one of two counters; a third of those at the second one go back to the desk."""
    plan = program(
        Step(columns.SERVE, "desk", time=Time(1.0), place="desk"),
        Step(columns.BRANCH, label="second", chance=0.5, place="which"),
        Step(columns.SERVE, "first", time=Time(2.5), place="first"),
        Step(columns.END),
    )
    plan.label("second")
    plan.add(
        Step(columns.SERVE, "second", time=Time(1.5), place="second"),
        Step(columns.BRANCH, label="in", chance=1 / 3, place="back"),
        Step(columns.END),
    )
    plan.stations |= {"desk": Station(), "first": Station(units=2), "second": Station()}
    return plan


def test_network() -> None:
    """A Jackson network: each station is an M/M/c by itself, and Little's law sums them up."""
    rate = 0.6
    desk = rate / (1 - 1 / 6)
    first, second = desk / 2, desk / 2
    used = first * 2.5 / 2
    held = desk / (1 - desk) + second * 1.5 / (1 - second * 1.5)
    held += first * (2.5 + erlang_c(first * 2.5, 2) * 2.5 / (2 * (1 - used)))
    expect(held / rate, over_seeds(network, rate, COUNT, mean))


def test_no_place_to_wait() -> None:
    """Erlang B: who finds all busy is turned away, whatever the law of the service."""
    for time in (Time(1.0), Time(1.0, "constant")):
        plan = lambda time=time: queue(8, time, most_waiting=0)  # noqa: E731
        expect(erlang_b(6.0, 8), over_seeds(plan, 6.0, COUNT, lambda one: one.failed))


def test_impatient_customers() -> None:
    """M/M/c+M (Palm 1957; Erlang A): who waits too long leaves, also where more come than can be served."""

    def plan() -> Plan:
        patience = Time(2.0)
        made = program(Step(columns.SERVE, "desk", time=Time(1.0), patience=patience, place="desk"), Step(columns.END))
        made.stations["desk"] = Station(units=5)
        return made

    for rate in (4.5, 6.0):
        expect(erlang_a(rate, 1.0, 5, 2.0), over_seeds(plan, rate, COUNT, lambda one: one.failed))


@pytest.mark.parametrize("rate", [1.2, 2.4])
def test_batches(rate: float) -> None:
    """A server that takes up to four at once, in 1 + n/8 ms for n of them (bulk service; Bailey 1954)."""

    def plan() -> Plan:
        made = program(Step(columns.BATCH, "desk"), Step(columns.END))
        made.stations["desk"] = Station(units=4, batch_ms=lambda size: 1 + size / 8)
        return made

    expect(bulk_service(rate, 4, lambda size: 1 + size / 8), over_seeds(plan, rate, COUNT, mean))


def test_a_batch_waits_until_it_is_full_or_ripe() -> None:
    made = program(Step(columns.BATCH, "desk"), Step(columns.END))
    made.stations["desk"] = Station(units=3, batch_ms=lambda _: 10.0, wait_ms=4.0)
    # Two who wait until the first is ripe; three who are a batch at once; one who comes while it runs.
    took = at(made, [0.0, 1.0, 100.0, 101.0, 102.0, 103.0])
    assert took.tolist() == [14.0, 13.0, 12.0, 11.0, 10.0, 19.0]


def test_the_tail_of_one_server() -> None:
    """M/M/1: the time is exponential, so its 99th percentile is the mean times ln 100, within 1.5 %."""
    theory = math.log(100) / (1 - 0.7)
    found = over_seeds(lambda: queue(1, Time(1.0)), 0.7, 4 * COUNT, lambda one: float(np.percentile(one.took, 99)))
    assert abs(np.mean(found) / theory - 1) < 0.015


def test_little() -> None:
    """Little's law: what is in the house is the rate times the time, by the engine's own areas."""
    one = ran(queue(2, Time(1.0)), 1.6, COUNT, 7, warm_up=0.0)
    row = one.tables.rows["copies desk"]
    areas = one.tables.floats[row, columns.BUSY_AREA] + one.tables.floats[row, columns.WAITING_AREA]
    assert math.isclose(areas, float(one.took.sum()), rel_tol=1e-9)
