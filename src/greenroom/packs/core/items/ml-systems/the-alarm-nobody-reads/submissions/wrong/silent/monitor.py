"""Never says anything: not one false alarm."""


def begin(reference):
    """Start anew."""


def observe(day):
    """Return nothing."""
    return []
