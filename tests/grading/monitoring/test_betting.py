"""The e-processes: quiet while nothing changes, quick when something does, however often one looks."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pytest

from greenroom.grading.monitoring.betting import ALPHA, ErrorRise, ScoreDrift
from greenroom.grading.monitoring.embeddings import fit_nearness

Floats = npt.NDArray[np.float64]
SEEDS = range(20)
A_DAY = 80


def scores(rng: np.random.Generator, count: int, shift: float = 0.0) -> Floats:
    """Scores as a model gives them: a normal value that is squashed into 0..1."""
    found: Floats = 1.0 / (1.0 + np.exp(-(rng.normal(size=count) + shift)))
    return found


def errors(rng: np.random.Generator, count: int, rate: float) -> list[float]:
    return [float(one < rate) for one in rng.random(count)]


def days_until_alarm(seed: int, days: int, *, quiet_days: int = 0, shift: float = 0.0) -> int | None:
    """On which day after the change it alarms; None for never."""
    rng = np.random.default_rng(seed)
    drift = ScoreDrift.against(scores(rng, 2_000))
    for day in range(days):
        drift.see(scores(rng, A_DAY, shift if day >= quiet_days else 0.0), rng.random(A_DAY))
        if drift.wealth.alarm():
            return day + 1 - quiet_days
    return None


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("quiet_days", [0])
def test_a_shift_of_two_fifths_of_a_deviation_is_found_within_a_week(quiet_days: int, sign: int) -> None:
    found = [days_until_alarm(seed, quiet_days + 7, quiet_days=quiet_days, shift=0.4 * sign) for seed in SEEDS]
    assert sum(one is not None and one > 0 for one in found) >= 19


def test_the_expectation_stays_at_one_while_nothing_changes() -> None:
    finals = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        rise = ErrorRise(allowed=0.2)
        for _ in range(3):
            rise.see(errors(rng, 10, 0.2))
        finals.append(rise.wealth.value)
    assert 0.8 < np.mean(finals) < 1.25


def test_more_errors_than_allowed_are_found_and_fewer_are_not() -> None:
    rng = np.random.default_rng(5)
    worse, good = ErrorRise(allowed=0.1), ErrorRise(allowed=0.1)
    for _ in range(20):
        worse.see(errors(rng, 20, 0.3))
        good.see(errors(rng, 20, 0.08))
    assert worse.wealth.alarm()
    assert not good.wealth.alarm()
    assert good.seen == worse.seen == 400
    assert 0 < good.errors < worse.errors


def test_a_wider_spread_is_found_too() -> None:
    rng = np.random.default_rng(1)
    drift = ScoreDrift.against(scores(rng, 2_000))
    for _ in range(14):
        wide = 1.0 / (1.0 + np.exp(-3.0 * rng.normal(size=A_DAY)))
        drift.see(wide, rng.random(A_DAY))
    assert drift.wealth.alarm()


def test_what_was_written_down_goes_on_as_if_nothing_had_happened() -> None:
    rng = np.random.default_rng(2)
    drift = ScoreDrift.against(scores(rng, 2_000))
    for day in range(130):  # more starts than bet at the same time
        again = ScoreDrift.from_json(json.loads(json.dumps(drift.as_json())))
        batch, ties = scores(rng, 5, 0.01 * day), rng.random(5)
        drift.see(batch, ties)
        again.see(batch, ties)
        assert again.as_json() == drift.as_json()


def test_all_scores_alike_are_no_drift() -> None:
    rng = np.random.default_rng(3)
    drift = ScoreDrift.against(np.ones(2_000))
    for _ in range(30):
        drift.see(np.ones(A_DAY), rng.random(A_DAY))
    assert not drift.wealth.alarm()


def test_too_small_a_reference_and_scores_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="2000"):
        ScoreDrift.against(np.ones(1_999))
    with pytest.raises(ValueError, match="not a number"):
        ScoreDrift.against(np.ones(2_000)).see([float("nan")], [0.5])


def test_embeddings_are_watched_as_scores() -> None:
    rng = np.random.default_rng(4)

    def texts(count: int, lean: float) -> Floats:
        rows = rng.normal(size=(count, 16)) + np.eye(16)[0] * (2.0 - lean)
        found: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return found

    nearness = fit_nearness(texts(2_000, 0.0))
    quiet, moved = (ScoreDrift.against(nearness.of(texts(2_000, 0.0))) for _ in range(2))
    for _ in range(7):
        quiet.see(nearness.of(texts(A_DAY, 0.0)), rng.random(A_DAY))
        moved.see(nearness.of(texts(A_DAY, 0.6)), rng.random(A_DAY))
    assert not quiet.wealth.alarm()
    assert moved.wealth.highest > 1 / ALPHA
