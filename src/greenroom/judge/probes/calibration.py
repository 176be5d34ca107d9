"""Whether probabilities mean what they say. Never judge by the calibration error alone: one constant for everybody, the
base rate, has the best one of all. `assessed` therefore gives three things that have to hold together: the log-loss
above that of the truth, the ranking that was kept, and the reliability as a diagnosis for the candidate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from greenroom.judge.probes.holdout import Floats, auc, log_loss


@dataclass(frozen=True)
class Bin:
    """Rows about which much the same was said: how many, what was said of them on average, and what is true."""

    count: int
    said: float
    true: float


@dataclass(frozen=True)
class Assessed:
    """Probabilities judged: all numbers are expected values when the truth was given as probabilities.

    `excess` is the log-loss in nats above that of the truth, `fall` the AUC lost against the scores that they were made
    of (negative when it rose), `error` the expected calibration error over `bins`.
    """

    excess: float
    fall: float
    error: float
    bins: tuple[Bin, ...]

    @property
    def told(self) -> str:
        """All of it in a line."""
        return f"log-loss {self.excess:.3f} above that of the truth, AUC {self.fall:.4f} lower, off by {self.error:.3f}"


def assessed(said: npt.ArrayLike, truth: npt.ArrayLike, scores: npt.ArrayLike, bins: int = 10) -> Assessed:
    """Judge the probabilities *said*, made of *scores*, by the *truth*: probabilities, or labels 0 and 1.

    A probability of exactly 0 or 1 costs infinitely much where it is wrong; of labels, the truth's own loss is 0.
    """
    own, true = np.asarray(said, float), np.asarray(truth, float)
    table = reliability(own, true, bins)
    return Assessed(
        excess=float(log_loss(own, true).mean() - log_loss(true, true).mean()),
        fall=auc(scores, true) - auc(own, true),
        error=sum(one.count * abs(one.said - one.true) for one in table) / len(own),
        bins=table,
    )


def reliability(said: Floats, truth: Floats, bins: int = 10) -> tuple[Bin, ...]:
    """The reliability diagram over bins of equally many rows; equal probabilities are never parted."""
    edges = np.unique(np.quantile(said, np.linspace(0, 1, bins + 1)[1:-1]))
    places = np.searchsorted(edges, said, side="right")
    return tuple(
        Bin(int(own.sum()), float(said[own].mean()), float(truth[own].mean()))
        for own in (places == number for number in range(len(edges) + 1))
        if own.any()
    )
