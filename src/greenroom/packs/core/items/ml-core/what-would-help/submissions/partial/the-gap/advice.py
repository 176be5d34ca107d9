"""A wide gap means more rows, a narrow one a larger model."""

from cluster import run


def advise(rows, size, goal):
    """Choose by the gap."""
    training, validation = run(rows, size)
    return "rows" if validation > 1.3 * training else "larger"
