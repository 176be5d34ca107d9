"""Fitting a scorer. Needs scikit-learn (the extra `ml`); what comes out does not.

Everything that one part learns from another is learned on questions that the other has not seen: the ridge direction's
column is made out of fold, and so are the log odds that the calibration and the class weights are fitted on.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.grading.decision import Trees, trees_from
from greenroom.grading.scoring.labels import CORRECT, NOT_CORRECT, Level, at, in_order
from greenroom.grading.scoring.model import Head, Linear, Scorer, at_level
from greenroom.grading.tokens import Floats, Vectors
from greenroom.kernel.errors import EnvironmentFault

_FOLDS = 5
_DIRECTION_RIDGE = 3000.0
_MARK_RIDGE = 50.0
_INVERSE_RIDGE = 0.05
_TREES = {"learning_rate": 0.06, "max_leaf_nodes": 8, "l2_regularization": 5.0}
_MOST_TREES = 120
_FEWEST_FOR_TREES = 60
_WEIGHTS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4, 1.6, 1.8, 2.0, 2.5)
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Examples:
    """Rows to learn from. `labels` are normal labels or None, `marks` are 0..1 or NaN, `groups` are questions.

    `guessed` says which marks were made of labels: they teach the order, and not the scale.
    """

    features: Floats
    differences: Vectors
    labels: Sequence[str | None]
    marks: Floats
    groups: Sequence[str]
    guessed: npt.NDArray[np.bool_]


def require_sklearn() -> None:
    """Raise EnvironmentFault when scikit-learn is not installed."""
    try:
        import sklearn  # noqa: F401, PLC0415
    except ImportError:
        raise EnvironmentFault(
            "training a scorer needs scikit-learn, which is not installed",
            mend="install it with `pip install 'greenroom[ml]'`, or use --zero-shot, which trains nothing",
        ) from None


def fit(examples: Examples, level: Level, *, version: str, encoder: str, seed: int = 0, plain: bool = False) -> Scorer:
    """A scorer for the classes of *level* and, where there are marks, for marks. *plain*: linear, without trees."""
    require_sklearn()
    groups = np.array(examples.groups, dtype=object).astype(str)
    named = [None if one is None else at(level, one) for one in examples.labels]
    known = np.array([number for number, one in enumerate(named) if one is not None], dtype=int)
    classes = tuple(in_order(named[number] or "" for number in known if named[number] != NOT_CORRECT))
    chain: list[Head] = []
    held_out = np.zeros((len(known), max(len(classes) - 1, 0)))
    for place, name in enumerate(classes[:-1]):
        rest = {*classes[place:], NOT_CORRECT} if name == CORRECT else set(classes[place:])
        rows = np.array([row for row in known if named[row] in rest], dtype=int)
        target = np.array([named[row] == name for row in rows], dtype=float)
        head, odds = _fit_head(examples, rows, target, groups, seed, is_mark=False, plain=plain)
        chain.append(head)
        held_out[:, place] = _of_all(examples, known, rows, odds, head)
    marked = np.flatnonzero(np.isfinite(examples.marks))
    mark = (
        _fit_head(examples, marked, examples.marks[marked], groups, seed, is_mark=True, plain=plain)[0]
        if len(marked)
        else None
    )
    scorer = Scorer(version, encoder, classes, tuple(chain), mark, {})
    if not chain:
        return scorer
    truth = [named[row] or "" for row in known]
    return Scorer(version, encoder, classes, tuple(chain), mark, _weights(_chained(held_out), classes, truth))


def _of_all(examples: Examples, known: Ints, rows: Ints, odds: Floats, head: Head) -> Floats:
    """A head's held-out probabilities for the rows it was fitted on, and its own for the rest."""
    found = head.values(examples.features[known], examples.differences[known])
    place = {row: number for number, row in enumerate(known)}
    found[[place[row] for row in rows]] = 1 / (1 + np.exp(-(head.slope * odds + head.offset)))
    return found


def _chained(shares: Floats) -> Floats:
    left, columns = np.ones(len(shares)), []
    for share in shares.T:
        columns.append(left * share)
        left = left * (1 - share)
    return np.column_stack([*columns, left])


def _fit_head(
    examples: Examples,
    rows: Ints,
    target: Floats,
    groups: npt.NDArray[Any],
    seed: int,
    *,
    is_mark: bool,
    plain: bool = False,
) -> tuple[Head, Floats]:
    """A calibrated head, and its held-out raw values on *rows*."""
    features, differences = examples.features[rows], examples.differences[rows]
    splits = list(folds(groups[rows], _FOLDS))
    direction, columns = None, features
    if differences.shape[1] and np.ptp(target) > 0 and len(splits) > 1 and not plain:
        direction, held_out = _direction(differences, target, [test for _, test in splits])
        columns = np.column_stack([features, held_out])
    parts = [_parts(columns[train], target[train], seed, is_mark=is_mark, plain=plain) for train, _ in splits]
    raw = np.zeros(len(rows))
    for part, (_, test) in zip(parts, splits, strict=True):
        raw[test] = part.raw_of(columns[test])
    real = ~examples.guessed[rows]
    slope, offset = _line(raw[real], target[real]) if is_mark else _platt(raw, target)
    whole = _parts(columns, target, seed, is_mark=is_mark, plain=plain)
    return replace(whole, direction=direction, slope=slope, offset=offset), raw


def _parts(rows: Floats, target: Floats, seed: int, *, is_mark: bool, plain: bool) -> Head:
    """The linear part and the trees, without calibration."""
    linear = _linear(rows, target, is_mark=is_mark)
    if plain:
        return Head(None, _doubled(linear), trees_from([_LEAF]), 0.0, 1.0, 0.0, is_mark)
    trees, bias = _trees(rows, target, seed, is_mark=is_mark)
    return Head(None, linear, trees, bias, 1.0, 0.0, is_mark)


def folds(groups: npt.NDArray[Any], count: int) -> Iterator[tuple[Ints, Ints]]:
    """Training and test rows, no group in both; by rows alone when there is a single group."""
    from sklearn.model_selection import GroupKFold, KFold  # noqa: PLC0415

    names = len(set(groups))
    if names >= 2:
        yield from GroupKFold(n_splits=min(count, names)).split(groups, groups, groups)
    elif len(groups) >= 2:
        yield from KFold(n_splits=min(count, len(groups)), shuffle=True, random_state=0).split(groups)


def _direction(differences: Vectors, target: Floats, parts: Sequence[Ints]) -> tuple[Linear, Floats]:
    """The ridge direction from what does not count to what does, and each row's place on it, held out by *parts*.

    Every part's share of the normal equations is made once, so that leaving one out costs one solution.
    """
    centre, scale = _standard(differences)
    rows = ((differences - centre) / scale).astype(np.float32)
    middle = float(target.mean())
    wanted = (target - middle).astype(np.float32)
    grams = [rows[part].T @ rows[part] for part in parts]
    moments = [rows[part].T @ wanted[part] for part in parts]
    gram, moment = sum(grams), sum(moments)
    ridge = _DIRECTION_RIDGE * np.eye(rows.shape[1], dtype=np.float32)
    column = np.zeros(len(target))
    for part, own_gram, own_moment in zip(parts, grams, moments, strict=True):
        column[part] = middle + rows[part] @ np.linalg.solve(gram - own_gram + ridge, moment - own_moment)
    weights = np.linalg.solve(gram + ridge, moment).astype(float)
    return Linear(centre, scale, weights, middle), column


def _linear(rows: Floats, target: Floats, *, is_mark: bool) -> Linear:
    from sklearn.linear_model import LogisticRegression, Ridge  # noqa: PLC0415

    centre, scale = _standard(rows)
    standard = (rows - centre) / scale
    if is_mark:
        found = Ridge(alpha=_MARK_RIDGE).fit(standard, target)
        return Linear(centre, scale, found.coef_.astype(float), float(found.intercept_))
    if np.ptp(target) == 0:
        return Linear(centre, scale, np.zeros(rows.shape[1]), 3.0 if target[0] else -3.0)
    fitted = LogisticRegression(C=_INVERSE_RIDGE, max_iter=1000).fit(standard, target)
    return Linear(centre, scale, fitted.coef_[0].astype(float), float(fitted.intercept_[0]))


def _doubled(one: Linear) -> Linear:
    """A linear part that stands alone: a head takes the mean of it and of trees that say 0."""
    return Linear(one.centre, one.scale, 2 * one.weights, 2 * one.intercept)


def _standard(rows: Floats | Vectors) -> tuple[Floats, Floats]:
    spread = rows.std(axis=0, dtype=float)
    return rows.mean(axis=0, dtype=float), np.where(spread > 1e-9, spread, 1.0)


def _trees(rows: Floats, target: Floats, seed: int, *, is_mark: bool) -> tuple[Trees, float]:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor  # noqa: PLC0415

    if len(rows) < _FEWEST_FOR_TREES or np.ptp(target) == 0:
        mean = float(np.clip(target.mean(), 0.02, 0.98))
        return trees_from([_LEAF]), mean if is_mark else float(np.log(mean / (1 - mean)))
    kind = HistGradientBoostingRegressor if is_mark else HistGradientBoostingClassifier
    leaf = max(5, min(30, len(rows) // 30))
    model = kind(max_iter=_MOST_TREES, min_samples_leaf=leaf, random_state=seed, early_stopping=False, **_TREES)
    model.fit(rows, target)
    columns = [_columns(predictor.nodes) for (predictor,) in model._predictors]
    return trees_from(columns), float(np.ravel(model._baseline_prediction)[0])


_LEAF: dict[str, list[Any]] = {"feature": [0], "threshold": [0.0], "left": [0], "right": [0], "value": [0.0]}


def _columns(nodes: Any) -> dict[str, list[Any]]:
    names = {"feature": "feature_idx", "threshold": "num_threshold", "left": "left", "right": "right", "value": "value"}
    return {own: nodes[theirs].tolist() for own, theirs in names.items()}


def _platt(raw: Floats, target: Floats) -> tuple[float, float]:
    """The slope and offset of a logistic curve over held-out log odds (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    if np.ptp(target) == 0 or np.ptp(raw) == 0:
        return 1.0, 0.0
    curve = LogisticRegression(C=100.0).fit(raw[:, None], target)
    slope = float(curve.coef_[0][0])
    return (slope, float(curve.intercept_[0])) if slope > 0 else (1.0, 0.0)


def _line(raw: Floats, target: Floats) -> tuple[float, float]:
    """The least-squares line from held-out estimates to marks; at least a little slope, so that order is kept."""
    if np.ptp(raw) == 0:
        return 1.0, 0.0
    slope = float(np.clip(np.cov(raw, target)[0, 1] / raw.var(ddof=1), 0.2, 1.5))
    return slope, float(target.mean() - slope * raw.mean())


def _weights(probabilities: Floats, classes: Sequence[str], truth: Sequence[str]) -> dict[str, dict[str, float]]:
    """For each level, the factors that make macro-F1 largest on held-out questions."""
    found: dict[str, dict[str, float]] = {}
    for level in Level:
        columns, names = at_level(probabilities, classes, level)
        own = [at(level, one) for one in truth]
        rows = [number for number, one in enumerate(own) if one in names]
        if len(names) > 1:
            found[level.value] = _best_weights(columns[rows], names, [own[row] for row in rows])
    return found


def _best_weights(columns: Floats, names: Sequence[str], truth: Sequence[str]) -> dict[str, float]:
    """By turns over the classes, twice, from no weights at all."""
    at_name = {name: number for number, name in enumerate(names)}
    wanted = np.array([at_name[one] for one in truth])
    factor = np.ones(len(names))
    score: Callable[[Floats], float] = lambda tried: _macro_f1(wanted, (columns * tried).argmax(axis=1), len(names))  # noqa: E731
    for _, place in itertools.product(range(2), range(len(names))):
        tries = [np.where(np.arange(len(names)) == place, value, factor) for value in _WEIGHTS]
        factor = max([factor, *tries], key=score)
    return dict(zip(names, (round(float(one), 3) for one in factor), strict=True))


def _macro_f1(truth: Ints, chosen: Ints, size: int) -> float:
    table = np.zeros((size, size))
    np.add.at(table, (truth, chosen), 1)
    total = table.sum(axis=0) + table.sum(axis=1)
    return float((2 * np.diagonal(table) / np.maximum(total, 1))[total > 0].mean())


def fingerprints(keys: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Short hashes of questions, by which a model knows again what it was trained on."""
    return frozenset(hashlib.sha256("\n".join(key).encode()).hexdigest()[:12] for key in set(keys))
