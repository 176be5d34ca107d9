"""The time. Nothing else in this project knows it."""

import greenroom_lab


def now() -> int:
    """Seconds since 1970."""
    return int(greenroom_lab.now())
