"""A metastable failure: what began it is over, and it goes on by itself (Bronson et al. 2021, HotOS).

A cache answers most; a database could bear all of it, just. When the cache is cold the database is slow, so calls time
out and are made again; twice as many calls are more than it can bear, nothing is answered in time, and so nothing is
put into the cache. It stays cold for good. A budget for retries breaks the circle.
"""

from __future__ import annotations

import numpy as np
from tests.simulator.closed_forms import ended, poisson

from greenroom.simulator import columns
from greenroom.simulator.tables import Cache, Fault, Plan, Site, Station, Step, Time

RATE, SECONDS, COLD_AT_S = 0.74, 60, 10
"""Requests a millisecond; the database can answer 0.8 queries a millisecond."""


def shop(budget: float | None) -> Plan:
    plan = Plan(
        stations={"database": Station(units=4)},
        sites={"client": Site(30.0, retries=2, budget=budget), "query": Site(25.0)},
        caches={"page": Cache(0.95, entries=8000)},
        faults=[Fault(1000.0 * COLD_AT_S, columns.COOLED, "page", 0.0)],
    )
    plan.label("in")
    plan.add(Step(columns.CALL, "client", label="try"), Step(columns.END))
    plan.label("try")
    plan.add(Step(columns.CACHE, "page", label="hit", place="cache"))
    plan.add(Step(columns.CALL, "query", label="query"), Step(columns.FILL, "page"))
    plan.label("hit")
    plan.add(Step(columns.END))
    plan.label("query")
    plan.add(Step(columns.SERVE, "database", time=Time(5.0), place="query"), Step(columns.END))
    return plan


def good_by_second(budget: float | None, seed: int) -> tuple[np.ndarray, float]:
    """The part of each second's requests that were answered, and how warm the cache is in the end."""
    arrivals = poisson(RATE, int(RATE * 1000 * SECONDS), seed)
    _, outcome, tables = ended(shop(budget), arrivals, seed, most_in_flight=200_000)
    second = (arrivals / 1000).astype(int).clip(max=SECONDS - 1)
    good = np.bincount(second, outcome == columns.ANSWERED, SECONDS) / np.bincount(second, minlength=SECONDS)
    return good, float(tables.floats[tables.rows["caches page"], columns.WARMTH])


def test_retries_without_a_budget_keep_a_cold_cache_cold() -> None:
    for seed in range(1, 6):
        good, warmth = good_by_second(None, seed)
        assert good[2:COLD_AT_S].min() > 0.99
        assert good[-20:].max() < 0.5, good.round(2)
        assert warmth < 0.3


def test_a_budget_for_retries_lets_it_recover() -> None:
    for seed in range(1, 6):
        good, warmth = good_by_second(0.1, seed)
        assert good[COLD_AT_S : COLD_AT_S + 5].min() < 0.97
        assert good[-20:].min() > 0.99, good.round(2)
        assert warmth > 0.7
