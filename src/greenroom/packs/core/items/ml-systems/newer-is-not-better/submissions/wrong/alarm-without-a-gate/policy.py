"""Trains when the error has risen, and takes what comes."""

import numpy as np

levels = []


def begin():
    """Forget everything."""
    levels.clear()


def decide(report):
    """Return what is to be done tonight."""
    if report["challenger"] is not None:
        levels.clear()
        return ["promote"]
    levels.append(np.mean(report["champion"]))
    risen = len(levels) >= 6 and np.mean(levels[-3:]) > 1.4 * np.mean(levels[:-3][:10])
    return ["train"] if risen else []
