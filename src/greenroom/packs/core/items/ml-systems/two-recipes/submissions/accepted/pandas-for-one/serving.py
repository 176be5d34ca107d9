"""One booking is a table of one row."""

from training import table


def features(row, state):
    """Return its features."""
    return table([row], state)[0]
