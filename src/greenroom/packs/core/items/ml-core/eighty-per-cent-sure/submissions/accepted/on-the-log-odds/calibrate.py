"""Probabilities from a vendor's scores, by a logistic regression on their log-odds."""

import numpy as np
from sklearn.linear_model import LogisticRegression


def adjusted(scores: list[float], labels: list[int], new: list[float]) -> list[float]:
    """Return a probability for each of *new*, learned from past *scores* and their *labels*."""
    known = odds(scores)
    low, high = np.quantile(known, [0.02, 0.98])
    spread = known.std() or 1.0
    model = LogisticRegression().fit(np.clip(known, low, high)[:, None] / spread, labels)
    ends = low - 2 * spread, high + 2 * spread
    return model.predict_proba(np.clip(odds(new), *ends)[:, None] / spread)[:, 1].tolist()


def odds(scores: list[float]) -> np.ndarray:
    """Return log-odds, finite for 0 and 1 as well."""
    inside = np.clip(scores, 1e-9, 1 - 1e-9)
    return np.log(inside / (1 - inside))
