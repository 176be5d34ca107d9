"""Figures that describe a difference: PSI, calibration error, and the permutation MMD. Pure, numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

PSI_BINS = 10
CHI2_9 = {0.05: 16.919, 0.01: 21.666, 0.001: 27.877}
"""Quantiles of chi-square with 9 degrees of freedom, by the share above."""
_MOST_ROWS = 500


@dataclass(frozen=True)
class Psi:
    """A population stability index, and the value that chance alone exceeds with the stated probability."""

    value: float
    threshold: float

    @property
    def drifted(self) -> bool:
        """Whether it is more than chance explains: said of this one look, not of one a day."""
        return self.value > self.threshold


def psi(reference: Floats, now: Floats, alpha: float = 0.01) -> Psi:
    """PSI over the reference's deciles. The threshold is chi2_9 (1/n + 1/m), not the customary 0.1 or 0.2.

    Raises ValueError for fewer than ten rows on either side.
    """
    n, m = len(reference), len(now)
    if min(n, m) < PSI_BINS:
        raise ValueError("at least ten rows are needed on either side")
    edges = np.quantile(reference, np.linspace(0, 1, PSI_BINS + 1)[1:-1])
    then, today = (np.bincount(np.searchsorted(edges, rows), minlength=PSI_BINS) for rows in (reference, now))
    p, q = (then + 0.5) / (n + PSI_BINS / 2), (today + 0.5) / (m + PSI_BINS / 2)
    return Psi(float(((p - q) * np.log(p / q)).sum()), CHI2_9[alpha] * (1 / n + 1 / m))


def calibration_error(confidences: Floats, right: npt.NDArray[np.bool_], bins: int = 10) -> float:
    """The expected calibration error over bins of equal width (Naeini et al. 2015), 0..1; 0 without rows."""
    if not len(confidences):
        return 0.0
    slot = np.clip((confidences * bins).astype(int), 0, bins - 1)
    sums = np.bincount(slot, weights=confidences - right, minlength=bins)
    return float(np.abs(sums).sum() / len(confidences))


def mmd_p_value(reference: Floats, now: Floats, rng: np.random.Generator, permutations: int = 199) -> float:
    """The permutation p-value of the maximum mean discrepancy between two sets of embeddings (Gretton et al. 2012).

    Gaussian kernel, width by the median heuristic; at most 500 rows of each. For one look: who looks every day needs
    an e-process, for which `embeddings.Nearness` makes embeddings into scores.
    """
    left, right = _some(reference, rng), _some(now, rng)
    kernel = _kernel(np.vstack([left, right]).astype(float))
    weights = np.concatenate([np.full(len(left), 1 / len(left)), np.full(len(right), -1 / len(right))])
    shuffled = rng.permuted(np.tile(weights, (permutations, 1)), axis=1)
    every = np.vstack([weights, shuffled])
    values = ((every @ kernel) * every).sum(axis=1)
    return float((1 + (values[1:] >= values[0] - 1e-12).sum()) / (1 + permutations))


def _some(rows: Floats, rng: np.random.Generator) -> Floats:
    return rows if len(rows) <= _MOST_ROWS else rows[rng.choice(len(rows), _MOST_ROWS, replace=False)]


def _kernel(rows: Floats) -> Floats:
    squares = (rows**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares[None, :] - 2.0 * rows @ rows.T, 0.0)
    middle = float(np.median(distances[np.triu_indices(len(rows), 1)]))
    found: Floats = np.exp(-distances / max(middle, 1e-12))
    return found


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share (1927); (0, 1) for none."""
    if of == 0:
        return 0.0, 1.0
    share, weight = hits / of, z * z / of
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * (share * (1 - share) / of + weight / (4 * of)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def macro_f1(truth: Sequence[str], said: Sequence[str], classes: Sequence[str]) -> float:
    """The mean of the F1 of each class that occurs on either side; 0 without rows."""
    known = [one for one in classes if one in truth or one in said]
    values = []
    for one in known:
        both = sum(a == b == one for a, b in zip(truth, said, strict=True))
        values.append(2 * both / (sum(a == one for a in truth) + sum(b == one for b in said)))
    return sum(values) / len(values) if values else 0.0
