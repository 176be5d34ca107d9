"""The same daily test; two days in a row make an alarm."""

import numpy as np

from distance import critical, kolmogorov

_reference = {}
_row = {}


def begin(reference):
    """Start anew."""
    _reference.clear()
    _row.clear()
    _reference.update({name: np.sort(values) for name, values in reference.items()})


def observe(day):
    """Return what was beyond the level today and yesterday."""
    drifted = []
    for name, values in day.items():
        reference = _reference[name]
        beyond = len(values) > 0 and kolmogorov(reference, values) > critical(len(reference), len(values))
        _row[name] = _row.get(name, 0) + 1 if beyond else 0
        if _row[name] >= 2:
            drifted.append(name)
    return drifted
