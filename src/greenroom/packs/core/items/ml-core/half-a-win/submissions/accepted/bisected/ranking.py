"""How well scores rank customers who cancelled above those who stayed."""

from bisect import bisect_left, bisect_right


def pairs(labels, scores):
    """Return (wins, ties, losses) over all pairs of a customer who cancelled and one who stayed."""
    if len(labels) != len(scores) or any(label not in (0, 1) for label in labels) or any(s != s for s in scores):
        raise ValueError("labels must be 0 or 1, scores numbers, and both of one length")
    stayed = sorted(score for label, score in zip(labels, scores) if label == 0)
    wins = ties = losses = 0
    for label, score in zip(labels, scores):
        if label == 1:
            low, high = bisect_left(stayed, score), bisect_right(stayed, score)
            wins, ties, losses = wins + low, ties + high - low, losses + len(stayed) - high
    return wins, ties, losses


def auc(labels, scores):
    """Return the area under the ROC curve, None without both classes."""
    wins, ties, losses = pairs(labels, scores)
    if wins + ties + losses == 0:
        return None
    return (2 * wins + ties) / (2 * (wins + ties + losses))
