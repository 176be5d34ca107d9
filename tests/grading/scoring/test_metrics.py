"""Every figure is what scikit-learn or scipy says of the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as theirs

from greenroom.grading.scoring import metrics

CLASSES = ("correct", "contradictory", "incorrect")


def value(measures: dict[str, metrics.Measure], name: str, groups: int) -> float:
    return metrics.figures(measures, ["q"] * groups, resamples=0, seed=0)[name].value


@pytest.mark.parametrize("seed", range(5))
def test_classes_are_measured_as_scikit_learn_does(seed: int) -> None:
    random = np.random.default_rng(seed)
    truth, chosen = (list(random.choice(CLASSES, 200, p=(0.6, 0.1, 0.3))) for _ in range(2))
    found = metrics.classification(truth, chosen, CLASSES)
    assert value(found, "accuracy", 200) == pytest.approx(theirs.accuracy_score(truth, chosen))
    assert value(found, "macro_f1", 200) == pytest.approx(theirs.f1_score(truth, chosen, average="macro"))
    precision, recall, f1, _ = theirs.precision_recall_fscore_support(truth, chosen, labels=CLASSES)
    for number, name in enumerate(CLASSES):
        assert value(found, f"precision:{name}", 200) == pytest.approx(precision[number])
        assert value(found, f"recall:{name}", 200) == pytest.approx(recall[number])
        assert value(found, f"f1:{name}", 200) == pytest.approx(f1[number])


def test_a_class_that_is_never_chosen_counts_zero_and_one_that_does_not_occur_counts_nothing() -> None:
    truth, chosen = ["correct", "incorrect", "incorrect"], ["incorrect"] * 3
    found = metrics.classification(truth, chosen, (*CLASSES, "irrelevant"))
    assert value(found, "macro_f1", 3) == pytest.approx(
        theirs.f1_score(truth, chosen, average="macro", zero_division=0)
    )
    assert value(found, "precision:correct", 3) == 0


@pytest.mark.parametrize("classes", [CLASSES, CLASSES[:2]])
def test_brier_is_scikit_learns(classes: tuple[str, ...]) -> None:
    random = np.random.default_rng(1)
    truth = list(random.choice(classes, 150))
    given = random.dirichlet(np.ones(len(classes)), 150)
    found = metrics.probability(truth, [classes[one] for one in given.argmax(axis=1)], classes, given)
    ordered = sorted(classes)
    columns = given[:, [classes.index(one) for one in ordered]]
    if len(classes) == 2:
        want = theirs.brier_score_loss([one == ordered[1] for one in truth], columns[:, 1])
    else:
        wanted = np.array([[one == name for name in ordered] for one in truth], dtype=float)
        want = float(((columns - wanted) ** 2).sum(axis=1).mean())
    assert value(found, "brier", 150) == pytest.approx(want)


def test_calibration_error_of_a_case_worked_by_hand() -> None:
    # Bin 0.9-1.0: two answers, mean confidence 0.95, one right. Bin 0.6-0.7: two answers, 0.65, both right.
    given = np.array([[0.95, 0.05], [0.95, 0.05], [0.65, 0.35], [0.65, 0.35]])
    truth = ["correct", "incorrect", "correct", "correct"]
    found = metrics.probability(truth, ["correct"] * 4, ("correct", "incorrect"), given)
    assert value(found, "ece", 4) == pytest.approx(0.5 * 0.45 + 0.5 * 0.35)
    assert value(found, "accuracy_at_50", 4) == pytest.approx(0.5)


def test_perfect_calibration_has_little_error() -> None:
    random = np.random.default_rng(3)
    sure = random.uniform(0.5, 1, 40_000)
    truth = ["correct" if one else "incorrect" for one in random.random(40_000) < sure]
    given = np.column_stack([sure, 1 - sure])
    found = metrics.probability(truth, ["correct"] * 40_000, ("correct", "incorrect"), given)
    assert value(found, "ece", 40_000) < 0.01


@pytest.mark.parametrize(("high", "whole"), [(5.0, True), (1.0, False)])
def test_marks_are_measured_as_scipy_and_scikit_learn_do(high: float, whole: bool) -> None:
    random = np.random.default_rng(2)
    truth = random.integers(0, 6, 120) * high / 5
    given = np.clip(truth + random.normal(0, high / 4, 120), 0, high)
    found = metrics.marks(truth, given, 0.0, high)
    assert value(found, "pearson_r", 120) == pytest.approx(stats.pearsonr(truth, given).statistic)
    assert value(found, "rmse", 120) == pytest.approx(theirs.root_mean_squared_error(truth, given))
    assert value(found, "mse", 120) == pytest.approx(theirs.mean_squared_error(truth, given))
    assert value(found, "mae", 120) == pytest.approx(theirs.mean_absolute_error(truth, given))
    levels: list[Any] = [np.round(one / high * 5).astype(int) for one in (truth, given)]
    want = theirs.cohen_kappa_score(*levels, weights="quadratic")
    assert value(found, "quadratic_kappa", 120) == pytest.approx(want)


def test_what_cannot_be_computed_is_nothing_in_json() -> None:
    found = metrics.marks(np.array([1.0, 1.0]), np.array([0.5, 0.7]), 0.0, 1.0)
    figure = metrics.figures(found, ["a", "b"], resamples=50, seed=0)["pearson_r"]
    assert figure.as_json() == {"value": None, "low": None, "high": None}


def test_the_interval_is_wider_when_the_answers_to_a_question_are_alike() -> None:
    right = np.repeat(np.arange(40) % 2, 25)  # 40 questions, each all right or all wrong
    truth = ["correct"] * 1000
    chosen = ["correct" if one else "incorrect" for one in right]
    measures = metrics.classification(truth, chosen, ("correct", "incorrect"))
    by_question = [str(number // 25) for number in range(1000)]
    clustered = metrics.figures(measures, by_question, resamples=500, seed=0)["accuracy"]
    alone = metrics.figures(measures, list(map(str, range(1000))), resamples=500, seed=0)["accuracy"]
    assert clustered.value == alone.value == 0.5
    assert clustered.high - clustered.low > 3 * (alone.high - alone.low)
    # The standard error of 40 coins is 0.079; of 1,000 it is 0.016.
    assert clustered.high - clustered.low == pytest.approx(2 * 1.96 * 0.079, rel=0.2)


def test_the_interval_covers_what_it_should() -> None:
    random = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        rates = random.beta(3, 2, 40)
        right = random.random((40, 10)) < rates[:, None]
        chosen = ["correct" if one else "incorrect" for one in right.ravel()]
        measures = metrics.classification(["correct"] * 400, chosen, ("correct", "incorrect"))
        groups = [str(number // 10) for number in range(400)]
        figure = metrics.figures(measures, groups, resamples=200, seed=0)["accuracy"]
        covered += figure.low <= 0.6 <= figure.high
    assert 178 <= covered <= 199
