"""Ranks from a sort: equal scores get whichever rank the sort gives them."""


def pairs(labels, scores):
    """Return (wins, ties, losses)."""
    if len(labels) != len(scores) or any(label not in (0, 1) for label in labels) or any(s != s for s in scores):
        raise ValueError("bad input")
    order = sorted(range(len(scores)), key=lambda at: scores[at])
    ranks = sum(rank for rank, at in enumerate(order, 1) if labels[at] == 1)
    ones = sum(labels)
    wins = ranks - ones * (ones + 1) // 2
    return wins, 0, ones * (len(labels) - ones) - wins


def auc(labels, scores):
    """Return the area, None without both classes."""
    wins, ties, losses = pairs(labels, scores)
    return wins / (wins + losses) if wins + losses else None
