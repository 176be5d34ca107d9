"""Ten bins of equal size with smoothed shares."""

import numpy as np


def adjusted(scores, labels, new):
    """Return the smoothed share of the bin."""
    past, known = np.array(scores), np.array(labels)
    count = max(3, min(10, len(past) // 15))
    edges = np.quantile(past, np.linspace(0, 1, count + 1))[1:-1]
    bins, overall = np.searchsorted(edges, past), known.mean()
    shares = [(known[bins == n].sum() + 2 * overall) / ((bins == n).sum() + 2) for n in range(count)]
    return [float(shares[n]) for n in np.searchsorted(edges, np.array(new))]
