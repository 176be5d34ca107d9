"""A posterior over ability from few rounds, with an interval that says how little they prove.

The model is one-parameter logistic (Rasch 1960): a candidate of ability θ earns a rubric point of a
question of difficulty b with probability σ(θ − b), both in logits. The prior is θ ~ N(0, 1). The
posterior is computed on a grid, so nothing is approximated but the grid's step.

Two corrections keep it honest:

- The points of one round hang together (one misreading costs several), so a round counts as at most
  `ROUND_WEIGHT` independent answers however many points it has.
- The difficulty b is itself only known to ± its error. Averaging σ(θ − b) over that normal uncertainty
  flattens it to about σ((θ − b) / √(1 + π·error²/8)) (MacKay 1992, "The evidence framework applied to
  classification networks", eq. 10).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ROUND_WEIGHT = 3.0
CREDIBLE = 0.90
WIDEST_USEFUL = 2.3
"""An interval wider than this (logits) says little more than the prior's 3.29: "not enough evidence"."""

_GRID = np.linspace(-5.0, 5.0, 401)
_PRIOR = -0.5 * _GRID**2


@dataclass(frozen=True)
class Observation:
    """One answered round: the share of points earned (0..1) over how many points, on which difficulty."""

    share: float
    points: int
    difficulty: float
    difficulty_error: float


@dataclass(frozen=True)
class Ability:
    """Median and 90 % credible interval in logits, and what they rest on.

    `evidence` counts the rubric points that were decided, `rounds` the rounds they came in.
    """

    median: float
    low: float
    high: float
    evidence: int
    rounds: int

    @property
    def enough(self) -> bool:
        """Whether the interval is narrow enough to be told as a standing."""
        return self.rounds >= 2 and self.high - self.low <= WIDEST_USEFUL

    def expected_share(self) -> tuple[float, float, float]:
        """(low, median, high) as the share of points expected on a medium question (b = 0)."""
        return expected_share(self.low), expected_share(self.median), expected_share(self.high)


def expected_share(ability: float, difficulty: float = 0.0) -> float:
    """The share of points, 0..1, that *ability* is expected to earn on a question of *difficulty*."""
    return 1.0 / (1.0 + math.exp(difficulty - ability))


def estimate(observations: Sequence[Observation]) -> Ability:
    """The posterior's median and 90 % credible interval after *observations*."""
    log_density = _PRIOR.copy()
    for seen in observations:
        log_density += _log_likelihood(seen)
    low, median, high = _quantiles(log_density, (0.5 - CREDIBLE / 2, 0.5, 0.5 + CREDIBLE / 2))
    return Ability(
        low=low, median=median, high=high, evidence=sum(s.points for s in observations), rounds=len(observations)
    )


def _log_likelihood(seen: Observation) -> npt.NDArray[np.float64]:
    if not 0.0 <= seen.share <= 1.0 or seen.points < 1:
        raise ValueError(f"not an observation: {seen}")
    slope = 1.0 / math.sqrt(1.0 + math.pi * seen.difficulty_error**2 / 8.0)
    logit = slope * (_GRID - seen.difficulty)
    weight = min(float(seen.points), ROUND_WEIGHT)
    # log σ(x) = −log(1 + e^(−x)), written so that neither tail overflows.
    earned, missed = -np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)
    result: npt.NDArray[np.float64] = weight * (seen.share * earned + (1.0 - seen.share) * missed)
    return result


def _quantiles(log_density: npt.NDArray[np.float64], at: Sequence[float]) -> list[float]:
    density = np.exp(log_density - log_density.max())
    cumulative = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    cumulative /= cumulative[-1]
    return [float(value) for value in np.interp(at, cumulative, _GRID)]
