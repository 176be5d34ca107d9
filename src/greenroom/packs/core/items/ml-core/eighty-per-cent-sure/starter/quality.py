"""What the report to the pricing team shows."""

import numpy as np


def calibration_error(probabilities: list[float], labels: list[int], bins: int = 10) -> float:
    """Return the mean distance of probability and share over equally wide bins, weighted by their size."""
    said, known = np.array(probabilities), np.array(labels)
    places = np.minimum((said * bins).astype(int), bins - 1)
    total = 0.0
    for number in range(bins):
        own = places == number
        if own.any():
            total += own.mean() * abs(said[own].mean() - known[own].mean())
    return float(total)
