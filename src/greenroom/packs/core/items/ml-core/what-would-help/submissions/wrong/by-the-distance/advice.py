"""Far from the goal needs a larger model, near it more rows."""

from cluster import run


def advise(rows, size, goal):
    """Choose by the validation error alone."""
    _, validation = run(rows, size)
    return "larger" if validation > 1.5 * goal else "rows"
