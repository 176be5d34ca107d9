"""What is measured of marks and labels, each with a bootstrap interval clustered by question.

Every figure is a function of sums over answers. So a resample of questions costs one weighted sum, and all figures of
one evaluation use the same resamples.

Sources. Precision, recall, F1 and their macro mean: van Rijsbergen 1979, as scikit-learn computes them. Brier: Brier
1950, halved for two classes. ECE: Naeini et al. 2015 with ten bins of equal width, over the probability of the chosen
class (Guo et al. 2017). Quadratic kappa: Cohen 1968. Pearson's r: Pearson 1895. Cluster bootstrap, percentile
interval: Davison and Hinkley 1997, sections 2.4 and 5.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BINS = 10
LEVELS = 6
"""Marks that are no whole numbers are rounded to this many equal levels for quadratic kappa: 0, 20, … 100 %."""
_MOST_WHOLE_LEVELS = 21


@dataclass(frozen=True)
class Measure:
    """A figure as sums: `rows` has one row of addends for each answer, `value` turns their sums into the figure.

    `value` takes an array whose last axis holds the sums, and returns one without that axis.
    """

    rows: Floats
    value: Callable[[Floats], Floats]


@dataclass(frozen=True)
class Figure:
    """A measured value with the ends of its 95 % interval; all NaN when it cannot be computed."""

    value: float
    low: float
    high: float

    def as_json(self) -> dict[str, float | None]:
        """`{value, low, high}`, None for what cannot be computed."""
        return {name: _plain(one) for name, one in vars(self).items()}


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def figures(measures: Mapping[str, Measure], groups: Sequence[str], *, resamples: int, seed: int) -> dict[str, Figure]:
    """Each measure's value and interval; *groups* names each answer's question. Without resamples: no interval."""
    names, which = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    draws = _draws(len(names), resamples, seed)
    return {name: _figure(measure, which, len(names), draws) for name, measure in measures.items()}


def _draws(questions: int, resamples: int, seed: int) -> Floats:
    """How often each question stands in each resample."""
    random = np.random.default_rng(seed)
    return random.multinomial(questions, np.full(questions, 1 / questions), size=resamples).astype(float)


def _figure(measure: Measure, which: npt.NDArray[np.intp], questions: int, draws: Floats) -> Figure:
    sums = np.zeros((questions, measure.rows.shape[1]))
    np.add.at(sums, which, measure.rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(measure.value(sums.sum(axis=0)))
        drawn = measure.value(draws @ sums) if len(draws) else np.zeros(0)
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.quantile(drawn, [0.025, 0.975]) if len(drawn) and questions > 1 else (np.nan, np.nan)
    return Figure(value, float(low), float(high))


def classification(truth: Sequence[str], chosen: Sequence[str], classes: Sequence[str]) -> dict[str, Measure]:
    """Accuracy, macro-F1, and `precision:CLASS`, `recall:CLASS`, `f1:CLASS` for each of *classes*."""
    table = _pairs(truth, chosen, classes)
    size = len(classes)
    measures = {
        "accuracy": Measure(table, lambda sums: _accuracy(_square(sums, size))),
        "macro_f1": Measure(table, lambda sums: np.nanmean(_f1(_square(sums, size)), axis=-1)),
    }
    for number, name in enumerate(classes):
        measures[f"precision:{name}"] = Measure(table, _for_class(_precision, size, number))
        measures[f"recall:{name}"] = Measure(table, _for_class(_recall, size, number))
        measures[f"f1:{name}"] = Measure(table, _for_class(_f1, size, number))
    return measures


def _for_class(share: Callable[[Floats], Floats], size: int, number: int) -> Callable[[Floats], Floats]:
    return lambda sums: share(_square(sums, size))[..., number]


def _pairs(truth: Sequence[str], chosen: Sequence[str], classes: Sequence[str]) -> Floats:
    """One row for each answer, with a 1 at its cell of the confusion table (truth by chosen)."""
    at = {name: number for number, name in enumerate(classes)}
    cells = np.array([at[one] * len(classes) + at[two] for one, two in zip(truth, chosen, strict=True)], dtype=int)
    rows = np.zeros((len(cells), len(classes) ** 2))
    rows[np.arange(len(cells)), cells] = 1.0
    return rows


def _square(sums: Floats, size: int) -> Floats:
    return sums.reshape(*sums.shape[:-1], size, size)


def _diagonal(table: Floats) -> Floats:
    return np.diagonal(table, axis1=-2, axis2=-1)


def _accuracy(table: Floats) -> Floats:
    found: Floats = _diagonal(table).sum(axis=-1) / table.sum(axis=(-2, -1))
    return found


def _recall(table: Floats) -> Floats:
    return _ratio(_diagonal(table), table.sum(axis=-1))


def _precision(table: Floats) -> Floats:
    return _ratio(_diagonal(table), table.sum(axis=-2))


def _f1(table: Floats) -> Floats:
    """F1 by class: 0 where a class is never right, NaN where it neither occurs nor is chosen."""
    total = table.sum(axis=-1) + table.sum(axis=-2)
    found: Floats = np.where(total > 0, 2 * _diagonal(table) / np.where(total > 0, total, 1), np.nan)
    return found


def _ratio(part: Floats, whole: Floats) -> Floats:
    """The share, 0 where there is nothing to share (as scikit-learn's `zero_division=0`)."""
    found: Floats = np.where(whole > 0, part / np.where(whole > 0, whole, 1), 0.0)
    return found


def probability(
    truth: Sequence[str], chosen: Sequence[str], classes: Sequence[str], probabilities: Floats, coverage: float = 0.5
) -> dict[str, Measure]:
    """Brier, ECE and `accuracy_at_50`: the accuracy of the half of the answers that the model is surest of."""
    at = {name: number for number, name in enumerate(classes)}
    rows = np.arange(len(truth))
    wanted = np.zeros_like(probabilities)
    wanted[rows, [at[one] for one in truth]] = 1.0
    brier = ((probabilities - wanted) ** 2).sum(axis=1) / (2 if len(classes) == 2 else 1)
    confidence = probabilities[rows, [at[one] for one in chosen]]
    right = np.array([one == two for one, two in zip(truth, chosen, strict=True)], dtype=float)
    return {
        "brier": Measure(np.column_stack([np.ones(len(rows)), brier]), lambda sums: sums[..., 1] / sums[..., 0]),
        "ece": Measure(_bins(confidence, right), _expected_calibration_error),
        f"accuracy_at_{coverage * 100:.0f}": _surest(confidence, right, coverage),
    }


def _bins(confidence: Floats, right: Floats) -> Floats:
    """For each answer, in its bin of confidence: 1, the confidence, and whether it is right."""
    which = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = np.zeros((len(confidence), BINS, 3))
    rows[np.arange(len(which)), which] = np.column_stack([np.ones(len(which)), confidence, right])
    return rows.reshape(len(which), BINS * 3)


def _expected_calibration_error(sums: Floats) -> Floats:
    table = sums.reshape(*sums.shape[:-1], BINS, 3)
    found: Floats = np.abs(table[..., 1] - table[..., 2]).sum(axis=-1) / table[..., 0].sum(axis=-1)
    return found


def _surest(confidence: Floats, right: Floats, coverage: float) -> Measure:
    kept = np.zeros(len(confidence))
    kept[np.argsort(-confidence, kind="stable")[: max(1, round(coverage * len(confidence)))]] = 1.0
    return Measure(np.column_stack([kept, kept * right]), lambda sums: sums[..., 1] / sums[..., 0])


def marks(truth: Floats, given: Floats, low: float, high: float) -> dict[str, Measure]:
    """Pearson r, RMSE, MAE, MSE and quadratic kappa of marks on the scale *low* to *high*."""
    error = given - truth
    ones = np.ones(len(truth))
    moments = np.column_stack([ones, truth, given, truth**2, given**2, truth * given])
    mean = np.column_stack([ones, error**2, np.abs(error)])
    table, size = _levels(truth, given, low, high)
    return {
        "pearson_r": Measure(moments, _pearson),
        "rmse": Measure(mean, lambda sums: np.sqrt(sums[..., 1] / sums[..., 0])),
        "mae": Measure(mean, lambda sums: sums[..., 2] / sums[..., 0]),
        "mse": Measure(mean, lambda sums: sums[..., 1] / sums[..., 0]),
        "quadratic_kappa": Measure(table, lambda sums: _quadratic_kappa(_square(sums, size))),
    }


def _pearson(sums: Floats) -> Floats:
    count, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    spread = np.maximum(count * xx - x**2, 0) * np.maximum(count * yy - y**2, 0)
    found: Floats = np.where(
        spread > 1e-12, (count * xy - x * y) / np.sqrt(np.where(spread > 1e-12, spread, 1)), np.nan
    )
    return found


def _levels(truth: Floats, given: Floats, low: float, high: float) -> tuple[Floats, int]:
    """The confusion table's addends over the levels of the scale, and how many levels there are."""
    whole = bool(np.all(truth == np.round(truth))) and high - low < _MOST_WHOLE_LEVELS
    size = round(high - low) + 1 if whole and high - low >= 1 else LEVELS
    step = (high - low) / (size - 1) or 1.0

    def level(values: Floats) -> list[str]:
        return [str(int(one)) for one in np.clip(np.round((values - low) / step), 0, size - 1)]

    return _pairs(level(truth), level(given), [str(one) for one in range(size)]), size


def _quadratic_kappa(table: Floats) -> Floats:
    size = table.shape[-1]
    weight = (np.arange(size)[:, None] - np.arange(size)[None, :]) ** 2
    by_chance = (
        table.sum(axis=-1)[..., :, None] * table.sum(axis=-2)[..., None, :] / table.sum(axis=(-2, -1))[..., None, None]
    )
    expected = (weight * by_chance).sum(axis=(-2, -1))
    found: Floats = np.where(
        expected > 0, 1 - (weight * table).sum(axis=(-2, -1)) / np.where(expected > 0, expected, 1), np.nan
    )
    return found


def abstention(confidence: Floats, right: Floats, below: float) -> dict[str, Measure]:
    """`abstained`: the share with a confidence under *below*; `accuracy_answered`: the accuracy of the others."""
    answered = (confidence >= below).astype(float)
    rows = np.column_stack([np.ones(len(right)), answered, answered * right])
    return {
        "abstained": Measure(rows, lambda sums: 1 - sums[..., 1] / sums[..., 0]),
        "accuracy_answered": Measure(rows, lambda sums: sums[..., 2] / sums[..., 1]),
    }
