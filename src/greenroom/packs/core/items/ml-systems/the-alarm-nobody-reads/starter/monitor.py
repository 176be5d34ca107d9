"""Watches the features of a model, day by day."""

import numpy as np

from distance import critical, kolmogorov

_reference: dict[str, np.ndarray] = {}


def begin(reference: dict[str, np.ndarray]) -> None:
    """Start anew, with the values of each feature at the time of training."""
    _reference.clear()
    for name, values in reference.items():
        _reference[name] = np.sort(values)


def observe(day: dict[str, np.ndarray]) -> list[str]:
    """Return the names of the features that have drifted, given today's values."""
    drifted = []
    for name, values in day.items():
        reference = _reference[name]
        if kolmogorov(reference, values) > critical(len(reference), len(values)):
            drifted.append(name)
    return drifted
