"""The same test every day, at a level for sixty days."""

import numpy as np

from distance import kolmogorov

_reference = {}


def begin(reference):
    """Start anew."""
    _reference.clear()
    _reference.update({name: np.sort(values) for name, values in reference.items()})


def observe(day):
    """Return what is beyond the level of 0.05 / 60."""
    drifted = []
    for name, values in day.items():
        reference = _reference[name]
        if len(values):
            size = len(reference) * len(values) / (len(reference) + len(values))
            if kolmogorov(reference, values) > 1.98 / size**0.5:
                drifted.append(name)
    return drifted
