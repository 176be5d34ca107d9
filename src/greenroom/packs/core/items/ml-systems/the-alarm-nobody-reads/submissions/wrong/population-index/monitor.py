"""The population stability index of each day, with the usual limit of 0.2."""

import numpy as np

_edges = {}


def begin(reference):
    """Start anew."""
    _edges.clear()
    for name, values in reference.items():
        _edges[name] = np.quantile(values, np.linspace(0, 1, 11))[1:-1]


def observe(day):
    """Return what exceeds 0.2."""
    drifted = []
    for name, values in day.items():
        if len(values):
            share = np.bincount(np.searchsorted(_edges[name], values), minlength=10) / len(values)
            share = np.clip(share, 1e-4, None)
            if np.sum((share - 0.1) * np.log(share / 0.1)) > 0.2:
                drifted.append(name)
    return drifted
