"""Tries the larger model first, whatever it costs."""

from cluster import Refused, run


def advise(rows, size, goal):
    """Choose by trying."""
    try:
        if run(rows, 4 * size)[1] <= goal:
            return "larger"
    except Refused:
        pass
    if run(rows, size // 4)[1] <= goal:
        return "smaller"
    return "rows"
