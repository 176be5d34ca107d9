"""How well scores rank customers who cancelled above those who stayed."""

import math
from collections import Counter
from collections.abc import Sequence


def pairs(labels: Sequence[int], scores: Sequence[float]) -> tuple[int, int, int]:
    """Return (wins, ties, losses) over all pairs of a customer who cancelled and one who stayed."""
    if len(labels) != len(scores):
        raise ValueError("labels and scores differ in length")
    ones: Counter[float] = Counter()
    zeros: Counter[float] = Counter()
    for label, score in zip(labels, scores):
        if math.isnan(score):
            raise ValueError("a score is not a number")
        if label == 1:
            ones[score] += 1
        elif label == 0:
            zeros[score] += 1
        else:
            raise ValueError(f"label {label!r} is neither 0 nor 1")
    wins = ties = below = 0
    for score in sorted(ones.keys() | zeros.keys()):
        wins += ones[score] * below
        ties += ones[score] * zeros[score]
        below += zeros[score]
    return wins, ties, ones.total() * below - wins - ties


def auc(labels: Sequence[int], scores: Sequence[float]) -> float | None:
    """Return the area under the ROC curve, None without both classes."""
    wins, ties, losses = pairs(labels, scores)
    total = wins + ties + losses
    return (wins + ties / 2) / total if total else None
