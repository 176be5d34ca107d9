"""How far two samples are apart."""

import numpy as np

QUANTILES = {0.10: 1.224, 0.05: 1.358, 0.01: 1.628, 0.001: 1.949}


def kolmogorov(reference: np.ndarray, sample: np.ndarray) -> float:
    """Return the largest distance of the two distribution functions; *reference* is sorted."""
    sample = np.sort(sample)
    below = np.searchsorted(reference, sample, side="right") / len(reference)
    steps = np.arange(len(sample) + 1) / len(sample)
    return float(max(np.max(steps[1:] - below), np.max(below - steps[:-1])))


def critical(reference_size: int, size: int, level: float = 0.05) -> float:
    """Return the distance that two samples of one distribution exceed with probability *level*."""
    return QUANTILES[level] * ((reference_size + size) / (reference_size * size)) ** 0.5
