"""Ratios to a reference: what is slower is found, what is as quick is let pass, noise fails nobody."""

from __future__ import annotations

import random
from collections.abc import Callable
from textwrap import dedent

import pytest
from tests.judge.labs.conftest import Examine

from greenroom.judge.probes.latency import LOOKS, compare, ratio_of

Work = Callable[[], float]


def noisy(rng: random.Random, took: float, noise: float) -> Work:
    """Work on a busy machine: now and then several times as long."""
    return lambda: took * rng.lognormvariate(0, noise) * (5 if rng.random() < 0.1 else 1)


@pytest.mark.parametrize(
    ("times", "judged"), [(1.0, "within"), (1.5, "within"), (2.0, "within"), (4.5, "above"), (9.0, "above")]
)
def test_a_clear_ratio_is_judged(times: float, judged: str) -> None:
    found = [
        compare(noisy(rng, times, 0.15), noisy(rng, 1.0, 0.15), 3).judged(3)
        for rng in (random.Random(seed) for seed in range(60))
    ]
    assert sum(one == judged for one in found) >= 58
    assert judged == "above" or "above" not in found


def test_noise_fails_nobody() -> None:
    rngs = [random.Random(seed) for seed in range(300)]
    found = [compare(noisy(rng, 2.0, 1.2), noisy(rng, 2.0, 1.2), 1.5) for rng in rngs]
    assert sum(one.judged(1.5) == "above" for one in found) <= 6
    unclear = next(one for one in found if one.judged(1.5) == "unclear")
    assert unclear.rounds == LOOKS[-1]
    assert unclear.told(1.5).endswith("too noisy here to say, so it is not held against you")


def test_both_are_measured_in_turns_and_no_longer_than_it_takes() -> None:
    order: list[str] = []

    def note(who: str) -> Work:
        def work() -> float:
            order.append(who)
            return 1.0

        return work

    found = compare(note("ours"), note("theirs"), 3)
    assert (found.rounds, found.median) == (8, 1)
    assert order == ["ours", "theirs", *(["ours", "theirs", "theirs", "ours"] * 4)]


def test_the_interval_is_that_of_the_sign_test() -> None:
    def interval(rounds: int) -> tuple[float, float]:
        found = ratio_of([(float(number), 1.0) for number in range(1, rounds + 1)])
        return found.low, found.high

    assert [interval(rounds) for rounds in (1, 5, 8, 14, 20)] == [(1, 1), (1, 5), (1, 8), (2, 13), (4, 17)]


def test_what_is_too_small_does_not_count() -> None:
    assert ratio_of([(0.004, 0.0001)] * 8).median == 40
    assert ratio_of([(0.004, 0.0001)] * 8, least=0.005).judged(1) == "within"
    with pytest.raises(ValueError, match="no time"):
        ratio_of([(1.0, 0.0)])


APP = """
    import time, threading
    from fastapi import FastAPI
    app = FastAPI()
    lock = threading.Lock()
    @app.get("/")
    def work():
        {work}
    """

CHECKS = """
    from greenroom.judge.probes.latency import compare, latencies
    import statistics

    @check("all")
    def one(lab):
        quick = {quick!r}
        services = [lab.service("app:app"), lab.service("app:app", files={{"app.py": quick.encode()}})]
        def load(service):
            took = latencies(service, lambda number: service.begin("GET", "/"), clients=6, requests=18)
            assert len(took) == 18, took
            return statistics.median(took)
        ours, theirs = (lambda one=one: load(one) for one in services)
        found = compare(ours, theirs, 2.5, least=0.002)
        lab.measure("ratio", found.median)
        lab.expect(found.judged(2.5) != "above", found.told(2.5))
        return found.told(2.5)
    """


def test_a_lock_that_queues_clients_is_found_beside_a_reference(examine: Examine) -> None:
    quick, locked = APP.format(work="time.sleep(0.01)"), APP.format(work="with lock: time.sleep(0.01)")
    checks = CHECKS.format(quick=dedent(quick))
    same = examine({"app.py": quick}, checks)
    assert same.cases[0].message is not None
    assert same.measures["ratio"] < 2.5, same.cases
    assert examine({"app.py": locked}, checks).measures["ratio"] > 2.5
