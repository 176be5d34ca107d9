"""Hidden rows: the project gets the rows, the truth about them stays here and prices what it says.

    hidden = Holdout(rows, truth)
    said = hidden.predicted(lab, "model:predict", train, labels)  # one finite number a row, or a finding says so
    rmse = hidden.rmse(said)
    lab.expect(rmse.low <= 1.4, f"RMSE {rmse}, 1.400 allowed")

The truth may be labels, or better what they are drawn from (a mean, a probability): then nothing of the verdict is luck
of the hidden labels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from greenroom.judge.probes import intervals
from greenroom.judge.probes.intervals import Interval

if TYPE_CHECKING:
    from greenroom.judge.probes.lab import Lab
    from greenroom.judge.probes.seats import Seat

Floats = npt.NDArray[np.float64]
Loss = Callable[[Floats, Floats], Floats]
"""What each row costs, from what was said and what is true."""


def squared(said: Floats, truth: Floats) -> Floats:
    """The squared error of each row."""
    return np.asarray((said - truth) ** 2)


def absolute(said: Floats, truth: Floats) -> Floats:
    """The absolute error of each row."""
    return np.abs(said - truth)


def missed(said: Floats, truth: Floats) -> Floats:
    """1 for each row whose class was not said: one less the accuracy."""
    return np.asarray(said != truth, float)


def log_loss(said: Floats, truth: Floats) -> Floats:
    """The log-loss of each row in nats, expected if *truth* are probabilities; infinite where 0 or 1 is wrong."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ones = np.where(truth > 0, -truth * np.log(said), 0.0)
        zeros = np.where(truth < 1, -(1 - truth) * np.log1p(-said), 0.0)
    return np.asarray(ones + zeros)


def auc(said: npt.ArrayLike, truth: npt.ArrayLike) -> float:
    """The area under the ROC curve, ties one half; expected if *truth* are probabilities. NaN without both classes.

    Mann and Whitney's statistic: <https://doi.org/10.1214/aoms/1177730491>
    """
    scores, weights = np.asarray(said, float), np.asarray(truth, float)
    levels, places = np.unique(scores, return_inverse=True)
    ones = np.bincount(places, weights, len(levels))
    zeros = np.bincount(places, 1 - weights, len(levels))
    below = np.concatenate([[0.0], np.cumsum(zeros)[:-1]])
    pairs = float(ones.sum() * zeros.sum())
    return float((ones * (below + zeros / 2)).sum()) / pairs if pairs else float("nan")


def numbers(
    lab: Lab,
    found: Any,
    count: int,
    name: str,
    *,
    each: str = "row",
    low: float = -np.inf,
    high: float = np.inf,
    strictly: bool = False,
) -> Floats:
    """*found* as an array, if it is a list or an array of *count* finite numbers from *low* to *high*; else a finding.

    *each* says what there is one number for. *strictly*: the ends themselves are not allowed. Truth values are no
    numbers here.
    """
    try:
        array = np.asarray(found) if isinstance(found, list | tuple | np.ndarray) else np.empty((0, 0))
    except ValueError:  # rows of different lengths
        array = np.empty((0, 0))
    lab.expect(
        array.shape == (count,) and array.dtype.kind in "iuf",
        f"{name} must be {count} numbers in a list or an array, one for each {each}",
    )
    odd = int((~np.isfinite(array.astype(float))).sum())
    lab.expect(not odd, f"{name}: {odd} of {count} numbers are not finite")
    outside = int(((array <= low) | (array >= high) if strictly else (array < low) | (array > high)).sum())
    between = "strictly between" if strictly else "within"
    lab.expect(not outside, f"{name}: {outside} of {count} numbers are not {between} {low:g} and {high:g}")
    return array.astype(float)


@dataclass(frozen=True)
class Holdout:
    """*rows* that a project gets, and the *truth* about each, which it never gets."""

    rows: npt.NDArray[Any]
    truth: Floats

    def predicted(self, lab: Lab, target: str, *before: Any, seat: Seat | None = None, **limits: Any) -> Floats:
        """What *target*, called with *before* and the hidden rows, says of each row; *limits* as in `numbers`."""
        said = lab.call(target, *before, self.rows, seat=seat)
        return numbers(lab, said, len(self.rows), f"what {target.partition(':')[2]}() returns", **limits)

    def loss(self, said: Floats, loss: Loss) -> Interval:
        """The mean *loss* and its interval."""
        return intervals.mean(loss(said, self.truth))

    def rmse(self, said: Floats) -> Interval:
        """The root of the mean squared error and its interval."""
        found = self.loss(said, squared)
        return Interval(found.value**0.5, max(0.0, found.low) ** 0.5, found.high**0.5)

    def auc(self, said: Floats) -> Interval:
        """The area under the ROC curve and its interval."""
        return intervals.bootstrap(auc, said, self.truth)

    def beside(self, said: Floats, other: Floats, loss: Loss) -> Interval:
        """How much more *said* loses than *other*, row by row: far surer than two separate means."""
        return intervals.mean(loss(said, self.truth) - loss(other, self.truth))
