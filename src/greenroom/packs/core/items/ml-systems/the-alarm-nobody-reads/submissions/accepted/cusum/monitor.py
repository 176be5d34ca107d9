"""Watches the features of a model: deviations of the daily means are added up, in both directions."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

SLACK = 1.0
LIMIT = 4.5


@dataclass
class Watch:
    """One feature: its mean and spread in training, and what has been added up since."""

    mean: float
    spread: float
    size: int
    above: float = 0.0
    below: float = 0.0

    def drifted(self, values: np.ndarray) -> bool:
        """Add today's values and say whether it is too much."""
        if len(values):
            error = self.spread * sqrt(1 / len(values) + 1 / self.size)
            score = (float(np.mean(values)) - self.mean) / error
            self.above = max(0.0, self.above + score - SLACK)
            self.below = max(0.0, self.below - score - SLACK)
        return max(self.above, self.below) > LIMIT


_watches: dict[str, Watch] = {}


def begin(reference: dict[str, np.ndarray]) -> None:
    """Start anew, with the values of each feature at the time of training."""
    _watches.clear()
    for name, values in reference.items():
        _watches[name] = Watch(float(np.mean(values)), float(np.std(values, ddof=1)), len(values))


def observe(day: dict[str, np.ndarray]) -> list[str]:
    """Return the names of the features that have drifted, given today's values."""
    return [name for name, values in day.items() if _watches[name].drifted(values)]
