"""The curve at a hundred thresholds: quick, and scores between two of them become ties."""


def pairs(labels, scores):
    """Return (wins, ties, losses)."""
    if len(labels) != len(scores) or any(label not in (0, 1) for label in labels) or any(s != s for s in scores):
        raise ValueError("bad input")
    ones, zeros = [0] * 101, [0] * 101
    for label, score in zip(labels, scores):
        (ones if label else zeros)[min(100, max(0, int(score * 100)))] += 1
    wins = ties = below = 0
    for one, zero in zip(ones, zeros):
        wins, ties, below = wins + one * below, ties + one * zero, below + zero
    return wins, ties, sum(ones) * sum(zeros) - wins - ties


def auc(labels, scores):
    """Return the area, None without both classes."""
    wins, ties, losses = pairs(labels, scores)
    return (wins + ties / 2) / (wins + ties + losses) if wins + ties + losses else None
