"""How well scores rank customers who cancelled above those who stayed."""

from collections.abc import Sequence


def pairs(labels: Sequence[int], scores: Sequence[float]) -> tuple[int, int, int]:
    """Return (wins, ties, losses) over all pairs of a customer who cancelled and one who stayed."""
    wins = losses = 0
    for label, score in zip(labels, scores):
        if label != 1:
            continue
        for other_label, other_score in zip(labels, scores):
            if other_label != 0:
                continue
            if score >= other_score:
                wins += 1
            else:
                losses += 1
    return wins, 0, losses


def auc(labels: Sequence[int], scores: Sequence[float]) -> float | None:
    """Return the area under the ROC curve."""
    wins, ties, losses = pairs(labels, scores)
    return wins / (wins + ties + losses)
