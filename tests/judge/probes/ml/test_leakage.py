"""Canaries: pipelines that leak are moved by them or profit of them, honest ones are not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from greenroom.judge.probes import leakage

RNG = np.random.default_rng(12)
TRAIN = RNG.normal(size=(200, 3))
LABELS = (TRAIN[:, 0] + RNG.normal(size=200) > 0).astype(int)
NEW = RNG.normal(size=(41, 3))
FAR = np.full((7, 3), 1e4)


def honest(rows: np.ndarray) -> np.ndarray:
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(TRAIN, LABELS)
    return np.asarray(model.predict_proba(rows)[:, 1])


def scaled_together(rows: np.ndarray) -> np.ndarray:
    scaler = StandardScaler().fit(np.concatenate([TRAIN, rows]))
    model = LogisticRegression().fit(scaler.transform(TRAIN), LABELS)
    return np.asarray(model.predict_proba(scaler.transform(rows))[:, 1])


def ranked(rows: np.ndarray) -> np.ndarray:
    return np.asarray(honest(rows).argsort().argsort(), float)


def by_neighbour_in_the_file(rows: np.ndarray) -> np.ndarray:
    return np.asarray(honest(rows) + np.concatenate([[0.0], np.diff(rows[:, 0])]))


def test_what_was_fitted_on_training_rows_alone_is_not_moved() -> None:
    assert leakage.moved_by_others(honest, NEW, FAR) < 1e-9


@pytest.mark.parametrize("predict", [scaled_together, ranked, by_neighbour_in_the_file])
def test_what_looks_at_the_other_new_rows_is_moved(predict: Callable[[np.ndarray], np.ndarray]) -> None:
    assert leakage.moved_by_others(predict, NEW, FAR) > 1e-3


def test_a_prediction_that_becomes_no_number_is_moved_without_end() -> None:
    assert (
        leakage.moved_by_others(lambda rows: np.full(len(rows), np.nan if len(rows) > 41 else 0.0), NEW, FAR) == np.inf
    )


@pytest.mark.parametrize(
    ("values", "moved"),
    [
        (lambda rows: np.cumsum(rows) / np.arange(1, len(rows) + 1), False),
        (lambda rows: np.concatenate([[np.nan], rows[:-1]]), False),
        (lambda rows: rows - rows.mean(), True),
        (lambda rows: np.convolve(rows, np.ones(3) / 3, "same"), True),
        (lambda rows: np.concatenate([rows[1:], [0.0]]), True),
    ],
)
def test_what_looks_ahead_is_moved_by_what_comes_later(values: Callable[[np.ndarray], np.ndarray], moved: bool) -> None:
    history = RNG.normal(size=50)
    found = leakage.moved_by_later(values, history, np.full(20, 99.0), 30)
    assert (found > 1e-9) == moved


def data(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(50, 150)), np.arange(50) % 2


def test_selection_ahead_of_the_folds_is_far_too_optimistic_and_inside_it_is_not() -> None:
    ahead, inside = [], []
    for seed in range(12):
        rows, labels = data(seed)
        picked = SelectKBest(k=8).fit_transform(rows, labels)
        ahead.append((float(cross_val_score(KNeighborsClassifier(3), picked, labels).mean()), 0.5))
        both = make_pipeline(SelectKBest(k=8), KNeighborsClassifier(3))
        inside.append((float(cross_val_score(both, rows, labels).mean()), 0.5))
    leaking, sound = leakage.optimism(ahead), leakage.optimism(inside)
    assert leaking.bias.low > 0.1
    assert sound.bias.low <= 0 <= sound.bias.high
    assert sound.distance.value < leaking.distance.value
    assert leaking.told.startswith("12 data sets: reports and truths are 0.")


def test_labels_dealt_out_anew_leave_nothing_to_find_but_for_a_leak_between_rows_of_a_group() -> None:
    groups = np.repeat(np.arange(30), 4)
    rows = np.repeat(RNG.normal(size=(30, 5)), 4, axis=0) + 0.1 * RNG.normal(size=(120, 5))
    labels = leakage.without_signal(RNG, np.repeat(np.arange(30) % 2, 4), groups)
    assert all(len(set(labels[groups == group])) == 1 for group in range(30))
    assert labels.sum() == 60
    near = KNeighborsClassifier(1)
    assert cross_val_score(near, rows, labels, cv=KFold(5, shuffle=True, random_state=0)).mean() > 0.85
    assert cross_val_score(near, rows, labels, cv=GroupKFold(5), groups=groups).mean() < 0.75


def test_labels_without_groups_are_a_permutation() -> None:
    labels = np.arange(40)
    dealt = leakage.without_signal(np.random.default_rng(0), labels)
    assert sorted(dealt) == list(labels)
    assert (dealt != labels).any()
