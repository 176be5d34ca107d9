"""Weights that are taken back: the prior is corrected before costs are compared."""

import numpy as np

from model import fitted


def decide(train, labels, rows, losses, look):
    """Return 1 where the cut of the row is exceeded."""
    balanced = fitted(train, labels).predict_proba(rows)[:, 1]
    share = np.mean(labels)
    odds = balanced / (1 - balanced) * share / (1 - share)
    likely = odds / (1 + odds)
    cuts = look / (look + np.asarray(losses))
    return (likely > cuts).astype(int).tolist()
