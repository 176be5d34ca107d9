"""A training each week, and a gate of two standard errors."""

import numpy as np

differences = []


def begin():
    """Forget everything."""
    differences.clear()


def decide(report):
    """Return what is to be done tonight."""
    todo = []
    if report["challenger"] is not None:
        differences.extend(np.subtract(report["champion"], report["challenger"]))
        if np.mean(differences) > 2 * np.std(differences) / np.sqrt(len(differences)):
            todo.append("promote")
    if report["day"] % 7 == 6:
        todo.append("train")
    if todo:
        differences.clear()
    return todo
