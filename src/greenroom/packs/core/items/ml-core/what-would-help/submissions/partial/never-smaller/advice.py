"""Tells rows from size and both from nothing, and never thinks of a smaller model."""

from cluster import run


def advise(rows, size, goal):
    """Choose."""
    training, validation = run(rows, size)
    gap = validation - training
    large, large_validation = run(rows // 4, 4 * size)
    if (large + large_validation) / 2 + (large_validation - large) / 8 <= goal:
        return "larger"
    return "rows" if validation - gap / 2 + gap / 20 <= goal else "stop"
