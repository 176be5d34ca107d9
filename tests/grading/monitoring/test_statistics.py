"""PSI, calibration error, MMD and Wilson's interval against what is known of them."""

from __future__ import annotations

import numpy as np
import pytest

from greenroom.grading.monitoring.statistics import calibration_error, macro_f1, mmd_p_value, psi, wilson


def test_psi_alarms_as_often_as_it_says_and_the_customary_threshold_does_not_know_the_sample() -> None:
    rng = np.random.default_rng(0)
    found = [psi(rng.normal(size=2_000), rng.normal(size=100), alpha=0.05) for _ in range(400)]
    assert sum(one.drifted for one in found) / 400 < 0.09
    assert sum(one.value > 0.1 for one in found) / 400 > 0.2
    assert psi(rng.normal(size=2_000), rng.normal(0.5, size=500)).drifted


def test_psi_needs_rows() -> None:
    with pytest.raises(ValueError, match="ten rows"):
        psi(np.ones(2_000), np.ones(9))


def test_mmd_is_a_p_value_and_sees_another_set_of_texts() -> None:
    rng = np.random.default_rng(1)
    same = [mmd_p_value(rng.normal(size=(60, 8)), rng.normal(size=(60, 8)), rng, 99) for _ in range(60)]
    assert np.mean(np.array(same) <= 0.1) < 0.25
    assert mmd_p_value(rng.normal(size=(900, 8)), rng.normal(0.5, size=(900, 8)), rng, 99) == 0.01


def test_calibration_error() -> None:
    confidences = np.array([0.9] * 10 + [0.6] * 10)
    right = np.array([True] * 9 + [False] + [True] * 6 + [False] * 4)
    assert calibration_error(confidences, right) == pytest.approx(0.0)
    assert calibration_error(confidences, np.zeros(20, dtype=bool)) == pytest.approx(0.75)
    assert calibration_error(np.array([]), np.array([], dtype=bool)) == 0.0


def test_wilson_and_macro_f1() -> None:
    low, high = wilson(5, 10)
    assert (round(low, 3), round(high, 3)) == (0.237, 0.763)
    assert wilson(0, 0) == (0.0, 1.0)
    assert macro_f1(["a", "a", "b"], ["a", "b", "b"], ["a", "b", "c"]) == pytest.approx(2 / 3)
    assert macro_f1([], [], ["a"]) == 0.0
