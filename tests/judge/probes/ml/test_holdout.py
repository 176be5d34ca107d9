"""Hidden rows: intervals that hold what they promise, losses against known values, answers that are no predictions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import log_loss as log_loss_of_sklearn
from sklearn.metrics import roc_auc_score
from tests.judge.probes.ml.conftest import Examine

from greenroom.judge.probes import holdout, intervals
from greenroom.judge.results import Verdict

RNG = np.random.default_rng(5)


@pytest.mark.parametrize("how", ["mean", "share", "bootstrap"])
def test_an_interval_holds_the_truth_as_often_as_it_says(how: str) -> None:
    held = 0
    for number in range(200):
        rng = np.random.default_rng(number)
        draws = rng.random(120) < 0.3 if how == "share" else rng.exponential(0.3, 120)
        if how == "mean":
            found = intervals.mean(draws)
        elif how == "share":
            found = intervals.share(int(draws.sum()), len(draws))
        else:
            found = intervals.bootstrap(lambda sample: float(sample.mean()), draws, times=200)
        held += found.low <= 0.3 <= found.high
    assert 178 <= held <= 200  # at 95 %, fewer than 178 of 200 have a probability below 0.001


def test_a_share_of_none_still_has_an_upper_end() -> None:
    found = intervals.share(0, 20)
    assert (found.value, found.low) == (0, 0)
    assert math.isclose(found.high, 1 - 0.025 ** (1 / 20))


def test_one_value_tells_nothing_of_its_spread() -> None:
    assert intervals.mean([3.0]) == intervals.Interval(3.0, -math.inf, math.inf)


@pytest.mark.parametrize(("count", "rate"), [(60, 0.05), (400, 0.05), (20, 0.5)])
def test_what_chance_allows_is_exceeded_as_seldom_as_it_says(count: int, rate: float) -> None:
    most = intervals.most_by_chance(count, rate, 0.01)
    draws = np.random.default_rng(1).binomial(count, rate, 20_000)
    assert (draws > most).mean() <= 0.012
    assert (draws > most - 1).mean() > 0.008


def test_losses_are_those_of_scikit_learn() -> None:
    said, truth = RNG.uniform(0.01, 0.99, 300).round(2), (RNG.random(300) < 0.4).astype(float)
    hidden = holdout.Holdout(np.zeros((300, 1)), truth)
    assert math.isclose(hidden.loss(said, holdout.log_loss).value, log_loss_of_sklearn(truth, said))
    assert math.isclose(hidden.auc(said).value, roc_auc_score(truth, said))
    assert math.isclose(hidden.rmse(said).value, float(np.sqrt(np.mean((said - truth) ** 2))))
    assert hidden.loss(truth, holdout.missed).value == 0


def test_an_area_has_no_value_without_both_classes() -> None:
    assert math.isnan(holdout.auc([0.1, 0.2], [1, 1]))


def test_a_certain_error_costs_infinitely_much() -> None:
    assert holdout.log_loss(np.array([0.0, 1.0]), np.array([1.0, 1.0])).tolist() == [math.inf, 0.0]


def test_two_models_beside_each_other_are_told_apart_where_their_intervals_overlap() -> None:
    truth = RNG.normal(size=200)
    worse = truth + RNG.normal(size=200)
    better = truth + 0.9 * (worse - truth)
    hidden = holdout.Holdout(np.zeros((200, 1)), truth)
    one, other = hidden.loss(worse, holdout.squared), hidden.loss(better, holdout.squared)
    assert one.low < other.high
    assert hidden.beside(worse, better, holdout.squared).low > 0


BODY = """
    from greenroom.judge.probes.holdout import Holdout
    rng = np.random.default_rng(8)
    rows = rng.normal(size=(400, 3))
    truth = rows @ [1.0, -2.0, 0.5]
    labels = truth + rng.normal(size=400)
    hidden = Holdout(rows[200:], truth[200:])
    said = hidden.predicted(lab, "app:predict", rows[:200], labels[:200], low=-50, high=50)
    rmse = hidden.rmse(said)
    lab.expect(rmse.low <= 0.3, f"RMSE {rmse}, 0.300 allowed")
    return f"RMSE {rmse}"
    """
GOOD = "import numpy as np\ndef predict(train, labels, rows):\n    return rows @ np.linalg.lstsq(train, labels)[0]\n"


def test_a_good_model_is_told_its_error(examine: Examine) -> None:
    result = examine(GOOD, BODY)
    assert result.verdict is Verdict.accepted
    assert str(result.cases[0].message).startswith("RMSE 0.")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("[0.0] * len(rows)", "0.300 allowed"),
        ("rows @ np.ones(3) / 0", "400 numbers are not finite".replace("400", "200")),
        ("rows", "must be 200 numbers"),
        ("[0.0] * 5", "must be 200 numbers"),
        ("None", "must be 200 numbers"),
        ("[[1], [2, 3]]", "must be 200 numbers"),
        ("['1.0'] * 200", "must be 200 numbers"),
        ("[True] * 200", "must be 200 numbers"),
        ("[51.0] + [0.0] * 199", "1 of 200 numbers are not within -50 and 50"),
    ],
)
def test_what_is_no_prediction_gets_a_finding(examine: Examine, said: str, why: str) -> None:
    app = f"import numpy as np\nnp.seterr(all='ignore')\ndef predict(train, labels, rows):\n    return {said}\n"
    assert why in str(examine(app, BODY).cases[0].message)


def test_the_truth_is_nowhere_in_what_is_sent() -> None:
    sent: list[Any] = []

    class Recorder:
        def call(self, target: str, *arguments: Any, seat: object = None) -> list[float]:
            sent.extend(arguments)
            return [0.0] * 50

        def expect(self, true: object, otherwise: str) -> None:
            assert true, otherwise

    hidden = holdout.Holdout(RNG.normal(size=(50, 2)), RNG.normal(size=50))
    hidden.predicted(Recorder(), "app:predict", "train")  # type: ignore[arg-type]
    assert len(sent) == 2
    assert sent[1] is hidden.rows
