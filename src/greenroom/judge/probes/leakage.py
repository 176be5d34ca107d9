"""Canaries: things in the data from which only a pipeline that leaks can profit, or by which only such a one is moved.

- `optimism`: what a project expects of its model, against the truth that the examiner knows by construction, over many
  data sets. A single one proves nothing. `without_signal` makes data sets in which there is nothing to find.
- `moved_by_others`: the same rows predicted among other rows, alone, and in another order. What was fitted on training
  rows alone says the same of them; a scaler, an imputer or an encoder that was fitted on the rows to be predicted does
  not. This is exact: there is no chance in it.
- `moved_by_later`: values as of a time, before and after everything later has been changed. What looks ahead moves.

Labels of hidden rows never enter the project, so no canary needs them there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.judge.probes import intervals
from greenroom.judge.probes.intervals import Interval

Rows = npt.NDArray[Any]
Predict = Callable[[Rows], npt.NDArray[Any]]


@dataclass(frozen=True)
class Optimism:
    """Reports beside truths. `distance` is the mean absolute difference, `bias` how much too high reports are."""

    reports: tuple[float, ...]
    truths: tuple[float, ...]
    distance: Interval
    bias: Interval

    @property
    def told(self) -> str:
        """All of it in a line."""
        report, truth = np.mean(self.reports), np.mean(self.truths)
        return (
            f"{len(self.reports)} data sets: reports and truths are {self.distance.value:.3f} apart in the mean"
            f" (mean report {report:.2f}, mean truth {truth:.2f})"
        )


def optimism(pairs: Sequence[tuple[float, float]]) -> Optimism:
    """(report, truth) of each data set, summed up."""
    reports, truths = np.array(pairs, float).T
    apart = reports - truths
    return Optimism(tuple(reports), tuple(truths), intervals.mean(np.abs(apart)), intervals.mean(apart))


def without_signal(rng: np.random.Generator, labels: Rows, groups: Rows | None = None) -> Rows:
    """*labels* dealt out anew, so that nothing depends on them; with *groups*, whole groups keep one label.

    An honest estimate of a model that learns from them is that of guessing. Groups must have one label each.
    """
    if groups is None:
        return np.asarray(rng.permutation(labels))
    names, first, places = np.unique(groups, return_index=True, return_inverse=True)
    return (
        np.asarray(rng.permutation(labels[first])[places].reshape(len(labels)), labels.dtype) if len(names) else labels
    )


def moved_by_others(predict: Predict, rows: Rows, others: Rows) -> float:
    """By how much at most a prediction of *rows* changes when *others* are predicted with them, or nobody is.

    *others* should be far from *rows*. Predictions are numbers, one a row.
    """
    plain = predict(rows)
    among = predict(np.concatenate([rows, others]))[: len(rows)]
    half = len(rows) // 2
    apart = np.concatenate([predict(rows[:half]), predict(rows[half:])])
    turned = predict(rows[::-1])[::-1]
    return max(_distance(plain, other) for other in (among, apart, turned))


def moved_by_later(values: Callable[[Rows], npt.NDArray[Any]], history: Rows, changed: Rows, until: int) -> float:
    """By how much at most a value of the first *until* rows changes when *history* goes on as in *changed*.

    Rows are in the order of time, and *values* gives one number for each row.
    """
    return _distance(values(history)[:until], values(np.concatenate([history[:until], changed]))[:until])


def _distance(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    """The greatest difference; infinite where only one of two is a number, and where the shapes differ."""
    first, second = np.asarray(one, float), np.asarray(other, float)
    if first.shape != second.shape or (np.isnan(first) != np.isnan(second)).any():
        return float("inf")
    apart = np.abs(first - second)
    return float(np.nanmax(apart)) if apart.size and not np.isnan(apart).all() else 0.0
