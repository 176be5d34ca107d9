"""The engine beside SimPy, which knows nothing of it: retries, budgets, timeouts and held pools come to the same."""

from __future__ import annotations

import math
from dataclasses import astuple, replace

import numpy as np
import pytest
from scipy.stats import t as student
from tests.simulator.closed_forms import ended, poisson
from tests.simulator.shop import Load, Outcome, Shop, plan

from greenroom.simulator import columns

SEEDS, COUNT, WARM_UP = range(1, 9), 2_500, 250
LOADS = {
    "retries that a budget holds": Load(rate=1.9, timeout_ms=12.0),
    "retries without a budget": Load(rate=1.8, timeout_ms=15.0, budget=1.0),
    "backoff": Load(rate=1.8, timeout_ms=12.0, retries=3, budget=0.5, backoff_ms=10.0),
    "timeouts alone": Load(rate=1.9, timeout_ms=12.0, retries=0),
    "a pool below what the database could serve": Load(rate=1.3, pool=3, timeout_ms=60.0),
}


def both(load: Load, other: Load, seed: int) -> tuple[Outcome, Outcome]:
    """The engine with *load* and SimPy with *other*, for the same arrivals."""
    arrivals = poisson(load.rate, COUNT, 1000 + seed)
    answered, outcome, tables = ended(plan(load), arrivals, seed)
    late = slice(WARM_UP, None)
    took = (answered - arrivals)[late][outcome[late] == columns.ANSWERED]
    failed = float((outcome[late] == columns.FAILED).mean())
    retried = tables.ints[tables.rows["sites client"], columns.RETRIED] / COUNT
    return Outcome(float(took.mean()), failed, retried), Shop(other, seed).outcome(arrivals.tolist(), WARM_UP)


def apart(load: Load, other: Load) -> np.ndarray:
    """For each figure, how far the two are apart in half-widths of the interval of their mean difference.

    The intervals hold at 95 % for all figures of all loads together (Bonferroni), as all are looked at.
    """
    pairs = np.array([[astuple(one) for one in both(load, other, seed)] for seed in SEEDS])
    differences = pairs[:, 0] - pairs[:, 1]
    reach = (
        student.ppf(1 - 0.025 / (3 * len(LOADS)), len(SEEDS) - 1)
        * differences.std(axis=0, ddof=1)
        / math.sqrt(len(SEEDS))
    )
    return np.asarray(np.abs(differences.mean(axis=0)) / np.maximum(reach, 1e-12))


@pytest.mark.parametrize("name", LOADS)
def test_both_come_to_the_same(name: str) -> None:
    found = apart(LOADS[name], LOADS[name])
    assert (found < 1).all(), found


def test_another_model_would_be_seen() -> None:
    """The comparison can fail: a quarter more of work at one station is found in every figure."""
    load = LOADS["retries that a budget holds"]
    found = apart(load, replace(load, query_ms=load.query_ms * 1.25))
    assert (found > 1).all(), found
