"""Embeddings as scores 0..1, so that an e-process can watch them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Nearness:
    """How near a text is to what texts used to be about, as its rank among those it was fitted on.

    It is fitted on one half of the reference. The other half's values are the reference of the e-process, since a
    rank among the texts that it was fitted on would not be like that of a new one.
    """

    centre: Floats
    quantiles: Floats

    def of(self, embeddings: Floats) -> Floats:
        """A value 0..1 for each row."""
        near = embeddings @ self.centre
        found: Floats = np.searchsorted(self.quantiles, near) / len(self.quantiles)
        return found


def fit_nearness(half: Floats) -> Nearness:
    """Fit on unit vectors, one a row."""
    centre = half.mean(axis=0)
    centre = centre / max(float(np.linalg.norm(centre)), 1e-12)
    return Nearness(centre, np.sort(half @ centre))
