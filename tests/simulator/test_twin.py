"""The engine with and without numba: the same bits, also with retries, pools, batches, faults, caches and scalers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulator.closed_forms import poisson

from greenroom.simulator import columns, engine, jit, luck, twin
from greenroom.simulator.tables import (
    Bucket,
    Cache,
    Fault,
    Plan,
    Scaler,
    Site,
    Station,
    Step,
    Tables,
    Time,
)

pytestmark = pytest.mark.skipif(not jit.COMPILED, reason="numba is not installed")

NUMBERS = st.integers(0, 2**62)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
@settings(max_examples=300, deadline=None)
def test_luck_is_the_same(seed: int, request: int, place: int, attempt: int) -> None:
    found = luck.uniform(seed, request, place, attempt)
    assert found == luck.uniform_without_numba(seed, request, place, attempt)
    assert 0 < found < 1


def everything() -> Plan:
    """A plan with every sort of step and fault."""
    plan = Plan(
        stations={
            "edge": Station(copies=2, policy="random"),
            "api": Station(copies=3, policy="least", most_waiting=20),
            "pool": Station(units=6),
            "database": Station(units=3),
            "model": Station(copies=2, units=4, batch_ms=lambda size: 2 + size / 2, wait_ms=2.0),
            "worker": Station(copies=4),
            "loop": Station(copies=2, in_turns=True),
        },
        sites={
            "client": Site(20.0, retries=2, budget=0.2),
            "database": Site(25.0, retries=1, backoff_ms=3.0, break_after=4, open_ms=30.0),
        },
        caches={"features": Cache(0.8, entries=50)},
        buckets={"edge": Bucket(900.0, 5.0)},
        on_fail={"database": "without"},
        scalers=[Scaler("worker", 1, 4, aim=0.5, every_ms=40.0, delay_ms=25.0)],
        faults=[
            Fault(100.0, columns.LOST, "api/1"),
            Fault(180.0, columns.RESTORED, "api/1"),
            Fault(150.0, columns.SLOWED, "model/0", 3.0),
            Fault(250.0, columns.SLOWED, "model/0", 1.0),
            Fault(200.0, columns.COOLED, "features", 0.0),
            Fault(300.0, columns.PARTS, "database"),
            Fault(220.0, columns.LOST, "loop/0"),
            Fault(260.0, columns.RESTORED, "loop/0"),
            Fault(330.0, columns.JOINS, "database"),
        ],
    )
    plan.label("in")
    plan.add(Step(columns.LIMIT, "edge"), Step(columns.CALL, "client", label="try"), Step(columns.END))
    plan.label("try")
    plan.add(
        Step(columns.SERVE, "edge", time=Time(0.1, "constant"), place="edge"),
        Step(columns.PICK, "api", register=0, place="api"),
        Step(columns.SERVE, "api", register=0, time=Time(1.2, "lognormal", 0.5), place="api 1"),
        Step(columns.ACQUIRE, "loop", register=2, patience=Time(15.0)),
        Step(columns.PAUSE, time=Time(0.6), place="loop 1"),
        Step(columns.RELEASE, register=2),
        Step(columns.PAUSE, time=Time(1.5), place="timer"),
        Step(columns.SERVE, "loop", time=Time(0.9), patience=Time(9.0), by_timer=True, place="loop 2"),
        Step(columns.CACHE, "features", label="hit", place="features"),
        Step(columns.CALL, "database", label="query"),
        Step(columns.FILL, "features"),
    )
    plan.label("hit")
    plan.add(
        Step(columns.BATCH, "model", place="model"),
        Step(columns.SERVE, "api", register=0, time=Time(0.5), place="api 2"),
        Step(columns.BESIDE, label="later", register=0),
        Step(columns.BESIDE, label="query", register=1),
        Step(columns.JOIN),
        Step(columns.SPAWN, label="later"),
        Step(columns.END),
    )
    plan.label("without")
    plan.add(Step(columns.PAUSE, time=Time(1.0)), Step(columns.BRANCH, label="hit", chance=0.9), Step(columns.FAIL))
    plan.label("query")
    plan.add(
        Step(columns.ACQUIRE, "pool", register=1, patience=Time(12.0, "constant")),
        Step(columns.SERVE, "database", time=Time(4.0), place="query"),
        Step(columns.RELEASE, register=1),
        Step(columns.END),
    )
    plan.label("later")
    plan.add(Step(columns.SERVE, "worker", time=Time(3.0), patience=Time(40.0), place="worker"), Step(columns.END))
    return plan


def test_every_sort_of_step_gives_the_same_bits() -> None:
    arrivals = poisson(0.9, 400, 5)
    results = []
    for run in (engine.run, twin.run):
        tables = Tables.of(everything(), 11, most_in_flight=2_000)
        answered, outcome = np.full(400, np.nan), np.zeros(400, np.int64)
        entries = np.full(400, tables.entry("in"))
        while not run(
            tables.ints, tables.floats, tables.due, tables.events, arrivals, entries, answered, outcome, 2_000.0, 777
        ):
            pass
        results.append((answered, outcome, tables))
    (answered, outcome, tables), (slowly, slow_outcome, slow_tables) = results
    assert answered.tobytes() == slowly.tobytes()
    assert outcome.tobytes() == slow_outcome.tobytes()
    assert tables.ints.tobytes() == slow_tables.ints.tobytes()
    assert tables.floats.tobytes() == slow_tables.floats.tobytes()
    assert {columns.ANSWERED, columns.FAILED} == set(outcome.tolist())
    exercised(tables)


def exercised(tables: Tables) -> None:
    """Nothing above was there in vain."""
    ints, rows = tables.ints, tables.rows
    site = ints[rows["sites client"]]
    assert min(site[columns.TIMEOUTS], site[columns.RETRIED]) > 0
    assert ints[rows["sites database"], columns.TRIPS] > 0
    assert ints[rows["pool/0"], columns.LEFT] > 0
    assert ints[rows["api/1"], columns.ERA] == 1
    assert ints[rows["loop/0"], columns.ERA] == 1
    assert min(ints[rows[f"loop/{number}"], columns.LEFT] for number in range(2)) > 0
    batches = ints[rows["model/0"]]
    assert batches[columns.BATCHED] > batches[columns.BATCHES] > 0
    assert sum(ints[rows[f"worker/{number}"], columns.SERVED] > 0 for number in range(4)) > 1


def test_nothing_is_left_behind() -> None:
    tables = Tables.of(everything(), 3, most_in_flight=2_000)
    arrivals = poisson(0.9, 2_000, 6)
    answered, outcome = np.full(2_000, np.nan), np.zeros(2_000, np.int64)
    entries = np.full(2_000, tables.entry("in"))
    assert engine.run(
        tables.ints, tables.floats, tables.due, tables.events,
        arrivals, entries, answered, outcome, 60_000.0, 2**60,
    )  # fmt: skip
    assert (outcome != columns.PENDING).all()
    assert tables.ints[0, columns.IN_FLIGHT] == 0
    for name in ("pool/0", "database/0", "model/0", "model/1", "api/0", "api/1", "api/2", "edge/0"):
        assert tables.ints[tables.rows[name], columns.BUSY] == 0, name
        assert tables.ints[tables.rows[name], columns.WAITING] == 0, name
    free, token = 0, tables.ints[0, columns.FREE]
    while token >= 0:
        free, token = free + 1, tables.ints[token, columns.LINK]
    assert free == 2_000
    assert math.isfinite(float(np.nansum(answered)))
