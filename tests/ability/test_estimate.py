"""The posterior moves with the evidence, and its interval covers the truth as often as it says."""

from __future__ import annotations

import math
import random

import pytest

from greenroom.ability.estimate import Observation, estimate, expected_share


def seen(share: float, points: int = 4, difficulty: float = 0.0, error: float = 0.7) -> Observation:
    return Observation(share, points, difficulty, error)


def test_without_evidence_the_prior_is_told_as_such() -> None:
    nothing = estimate([])
    assert nothing.median == pytest.approx(0.0, abs=1e-6)
    # 90 % of a standard normal lies within ±1.645.
    assert nothing.high == pytest.approx(1.645, abs=0.01)
    assert nothing.low == pytest.approx(-1.645, abs=0.01)
    assert (nothing.evidence, nothing.rounds, nothing.enough) == (0, 0, False)


def test_one_round_is_never_enough() -> None:
    assert not estimate([seen(1.0, points=20)]).enough


def test_points_of_one_round_count_as_few_independent_answers() -> None:
    four, forty = estimate([seen(1.0, points=4)]), estimate([seen(1.0, points=40)])
    assert four.median == pytest.approx(forty.median)
    assert forty.evidence == 40


def test_more_rounds_narrow_the_interval() -> None:
    abilities = [estimate([seen(0.6)] * count) for count in (0, 1, 2, 4, 8)]
    widths = [ability.high - ability.low for ability in abilities]
    assert widths == sorted(widths, reverse=True)
    assert estimate([seen(0.6)] * 4).enough


def test_a_full_answer_to_a_hard_question_says_more_than_to_an_easy_one() -> None:
    assert estimate([seen(1.0, difficulty=1.0)]).median > estimate([seen(1.0, difficulty=-1.0)]).median


def test_an_uncertain_difficulty_says_less() -> None:
    assert estimate([seen(1.0, error=0.1)]).median > estimate([seen(1.0, error=2.0)]).median > 0


def test_it_equals_the_closed_form_of_a_normal_posterior_near_the_mode() -> None:
    # Many balanced rounds: the posterior is nearly normal with precision 1 + n·w·s²/4 (logistic information at p = ½).
    count, error = 40, 0.7
    slope = 1 / math.sqrt(1 + math.pi * error**2 / 8)
    ability = estimate([seen(0.5, error=error)] * count)
    sd = 1 / math.sqrt(1 + count * 3.0 * slope**2 / 4)
    assert ability.high - ability.low == pytest.approx(2 * 1.645 * sd, rel=0.03)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = random.Random(7)
    covered = 0
    tries = 400
    for _ in range(tries):
        truth = rng.gauss(0, 1)
        rounds = []
        for _ in range(6):
            b = rng.gauss(0, 0.3)
            earned = sum(rng.random() < expected_share(truth, b) for _ in range(3))
            rounds.append(Observation(earned / 3, 3, b, 0.01))
        ability = estimate(rounds)
        covered += ability.low <= truth <= ability.high
    # 90 % ± three standard errors of 400 tries.
    assert 0.855 <= covered / tries <= 0.945


def test_expected_share_is_a_half_at_equal_difficulty() -> None:
    assert expected_share(0.3, 0.3) == 0.5
    low, median, high = estimate([seen(0.8)]).expected_share()
    assert 0 < low < median < high < 1


@pytest.mark.parametrize("bad", [seen(1.2), seen(-0.1), seen(0.5, points=0)])
def test_what_is_no_observation_is_refused(bad: Observation) -> None:
    with pytest.raises(ValueError, match="not an observation"):
        estimate([bad])
