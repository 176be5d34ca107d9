"""Probabilities judged: good ones, over-sure ones, ones with lost ranking, and the base rate that fools the error."""

from __future__ import annotations

import math

import numpy as np
import pytest

from greenroom.judge.probes.calibration import assessed, reliability

RNG = np.random.default_rng(2)
ODDS = RNG.normal(-0.5, 1.5, 4000)
TRUTH = 1 / (1 + np.exp(-ODDS))
SURE = 1 / (1 + np.exp(-3 * ODDS))


def test_the_truth_itself_is_perfect() -> None:
    found = assessed(TRUTH, TRUTH, SURE)
    assert (found.excess, found.error) == (0, 0)
    assert abs(found.fall) < 1e-12


def test_the_base_rate_has_the_best_error_and_is_found_out_by_the_rest() -> None:
    constant = np.full(len(TRUTH), TRUTH.mean())
    found, better = assessed(constant, TRUTH, SURE), assessed(np.clip(TRUTH + 0.01, 0, 0.999), TRUTH, SURE)
    assert found.error < better.error
    assert found.excess > 0.1 > better.excess
    assert found.fall > 0.2


def test_an_over_sure_vendor_keeps_the_ranking_and_not_the_meaning() -> None:
    found = assessed(SURE, TRUTH, SURE)
    assert found.fall == 0
    assert found.excess > 0.1
    assert found.error > 0.05


def test_coarse_bins_lose_the_ranking_and_little_loss() -> None:
    edges = np.quantile(TRUTH, [0.25, 0.5, 0.75])
    places = np.searchsorted(edges, TRUTH)
    coarse = np.array([TRUTH[places == number].mean() for number in range(4)])[places]
    found = assessed(coarse, TRUTH, SURE)
    assert found.error < 1e-12
    assert found.fall > 0.01


def test_labels_do_where_nobody_knows_the_probabilities() -> None:
    labels = (RNG.random(len(TRUTH)) < TRUTH).astype(int)
    assert assessed(TRUTH, labels, SURE).excess < assessed(SURE, labels, SURE).excess


def test_a_wrong_certainty_is_infinitely_bad() -> None:
    assert math.isinf(assessed([0.0, 0.5], [0.5, 0.5], [0.1, 0.2]).excess)


@pytest.mark.parametrize("said", [np.full(50, 0.3), np.repeat([0.1, 0.9], 25), np.linspace(0, 1, 50)])
def test_bins_have_every_row_once_and_part_no_equals(said: np.ndarray) -> None:
    table = reliability(said, said, 10)
    assert sum(one.count for one in table) == 50
    assert len(table) == min(10, len(np.unique(said)))
    assert all(math.isclose(one.said, one.true) for one in table)
