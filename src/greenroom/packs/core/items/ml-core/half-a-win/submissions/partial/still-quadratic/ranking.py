"""Right for small regions, and as slow as before."""


def pairs(labels, scores):
    """Return (wins, ties, losses)."""
    if len(labels) != len(scores) or any(label not in (0, 1) for label in labels) or any(s != s for s in scores):
        raise ValueError("bad input")
    ones = [score for label, score in zip(labels, scores) if label == 1]
    zeros = [score for label, score in zip(labels, scores) if label == 0]
    wins = sum(one > zero for one in ones for zero in zeros)
    ties = sum(one == zero for one in ones for zero in zeros)
    return wins, ties, len(ones) * len(zeros) - wins - ties


def auc(labels, scores):
    """Return the area, None without both classes."""
    wins, ties, losses = pairs(labels, scores)
    return (wins + ties / 2) / (wins + ties + losses) if wins + ties + losses else None
