"""The last five days together against training, at a level that holds for sixty days."""

from collections import defaultdict, deque

import numpy as np

LEVEL = 3.5
known = {}
recent = defaultdict(lambda: deque(maxlen=5))


def begin(reference):
    """Start anew."""
    known.clear()
    recent.clear()
    for name, values in reference.items():
        known[name] = (np.mean(values), np.std(values), len(values))


def observe(day):
    """Return what has drifted; days without values leave the window as it was."""
    drifted = []
    for name, values in day.items():
        mean, spread, size = known[name]
        if len(values):
            recent[name].append(values)
        pooled = np.concatenate([*recent[name], []])
        if len(pooled) and abs(np.mean(pooled) - mean) > LEVEL * spread * np.sqrt(1 / len(pooled) + 1 / size):
            drifted.append(name)
    return drifted
