"""A measured number and how sure it is; for examiners with numpy (`examiner: ml`).

Use an interval where a verdict would otherwise hang on luck: a project has missed a goal when the whole interval is on
the wrong side of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A number, and the ends of its confidence interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def mean(values: npt.ArrayLike, level: float = LEVEL) -> Interval:
    """The mean of independent *values* with Student's interval; of one value the interval has no ends."""
    sample = np.asarray(values, float)
    value = float(sample.mean())
    if len(sample) < 2:
        return Interval(value, -np.inf, np.inf)
    error = float(sample.std(ddof=1)) / len(sample) ** 0.5
    reach = float(stats.t.ppf((1 + level) / 2, len(sample) - 1)) * error
    return Interval(value, value - reach, value + reach)


def share(hits: int, count: int, level: float = LEVEL) -> Interval:
    """The share *hits* / *count* with the exact interval of Clopper and Pearson (Biometrika 26, 1934)."""
    exact = stats.binomtest(hits, count).proportion_ci(level, method="exact")
    return Interval(hits / count, float(exact.low), float(exact.high))


def bootstrap(
    statistic: Callable[..., float],
    *columns: npt.ArrayLike,
    level: float = LEVEL,
    times: int = 400,
    seed: int = 0,
) -> Interval:
    """*statistic* of *columns* of equal length, its interval by the percentile bootstrap over their rows.

    A resample on which the statistic is not finite (an AUC without one of the classes) is left out.
    """
    parts = [np.asarray(column) for column in columns]
    rng = np.random.default_rng(seed)
    size = len(parts[0])
    drawn: list[float] = []
    for _ in range(times):
        rows = rng.integers(0, size, size)
        drawn.append(statistic(*(part[rows] for part in parts)))
    found = np.array([one for one in drawn if np.isfinite(one)])
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2]) if len(found) else (-np.inf, np.inf)
    return Interval(statistic(*parts), float(low), float(high))


def most_by_chance(count: int, rate: float, risk: float = 1e-3) -> int:
    """How many of *count* independent chances of probability *rate* happen at most, but for a probability of *risk*.

    The allowance for something that may go wrong with that rate: at the rate itself it is exceeded with *risk*.
    """
    return int(stats.binom.isf(risk, count, rate))


def finite(values: Any) -> bool:
    """Whether all of *values* are finite."""
    return bool(np.isfinite(values).all())
