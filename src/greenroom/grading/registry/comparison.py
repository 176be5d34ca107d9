"""Champion and challenger on the same held-out rows: what is better, and how sure that is. Pure, numpy alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from greenroom.bank.findings import CLAIM_STATES, State
from greenroom.grading.monitoring.statistics import calibration_error
from greenroom.grading.registry.protocols import Score

Floats = npt.NDArray[np.float64]
_RESAMPLES = 2_000


@dataclass(frozen=True)
class HeldOut:
    """A row that neither model was fitted on: what a person said, and the two scores.

    `cluster` is what was drawn together (a question, or a candidate); `family` is the rubric's family (a topic).
    """

    truth: State
    champion: Score
    challenger: Score
    cluster: str
    family: str


@dataclass(frozen=True)
class Comparison:
    """Macro-F1 by family (champion's, challenger's), its difference with the lower bound, MAE and ECE of both."""

    rows: int
    clusters: int
    difference: float
    lower: float
    families: Mapping[str, tuple[float, float]]
    mae: tuple[float, float]
    ece: tuple[float, float]

    def as_json(self) -> dict[str, Any]:
        """It as plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """What `as_json` wrote."""
        families = {name: (float(both[0]), float(both[1])) for name, both in raw["families"].items()}
        pairs = {name: (float(raw[name][0]), float(raw[name][1])) for name in ("mae", "ece")}
        return cls(**{**raw, "families": families, **pairs})


def compare(rows: Sequence[HeldOut], rng: np.random.Generator, level: float = 0.95) -> Comparison:
    """Compare. `lower` is the lower end of the one-sided interval of the difference in macro-F1.

    Whole clusters are drawn, the same ones for both models (a paired cluster bootstrap, percentile interval; Davison
    and Hinkley 1997, section 3.8): rows of one question are not independent. An abstention counts as a state of its own
    that is never right. Raises ValueError for no rows.
    """
    if not rows:
        raise ValueError("there are no held-out rows")
    names = sorted({row.cluster for row in rows})
    number = {name: at for at, name in enumerate(names)}
    of = np.array([number[row.cluster] for row in rows])
    sums = np.stack([_sums(rows, side, of, len(names)) for side in ("champion", "challenger")])
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=_RESAMPLES)
    resampled = np.einsum("rc,sckf->srkf", drawn.astype(float), sums)
    champion, challenger = _macro(resampled)
    difference = challenger - champion
    whole = _macro(sums.sum(axis=1))
    return Comparison(
        rows=len(rows),
        clusters=len(names),
        difference=float(whole[1] - whole[0]),
        lower=float(np.quantile(difference, 1 - level)),
        families=_by_family(rows),
        mae=(_mae(rows, "champion"), _mae(rows, "challenger")),
        ece=(_ece(rows, "champion"), _ece(rows, "challenger")),
    )


def _sums(rows: Sequence[HeldOut], side: str, of: npt.NDArray[np.intp], clusters: int) -> Floats:
    """For each cluster and class: hits, how often it was true, how often it was said."""
    found = np.zeros((clusters, len(CLAIM_STATES), 3))
    for row, cluster in zip(rows, of, strict=True):
        said = getattr(row, side).state
        for at, one in enumerate(CLAIM_STATES):
            found[cluster, at] += (row.truth is one and said is one, row.truth is one, said is one)
    return found


def _macro(sums: Floats) -> Floats:
    """Macro-F1 over the classes that are true anywhere; the last two axes are class and (hits, true, said)."""
    hits, true, said = sums[..., 0], sums[..., 1], sums[..., 2]
    each = 2 * hits / np.maximum(true + said, 1e-9)
    there = true > 0
    found: Floats = (each * there).sum(axis=-1) / np.maximum(there.sum(axis=-1), 1)
    return found


def _by_family(rows: Sequence[HeldOut]) -> dict[str, tuple[float, float]]:
    found = {}
    for family in sorted({row.family for row in rows}):
        own = [row for row in rows if row.family == family]
        at = np.zeros(len(own), dtype=np.intp)
        both = [float(_macro(_sums(own, side, at, 1)[0])) for side in ("champion", "challenger")]
        found[family] = (both[0], both[1])
    return found


def _mae(rows: Sequence[HeldOut], side: str) -> float:
    """How far what a point earns is from what it should earn, 0..1."""
    return float(
        np.mean([abs(float(getattr(r, side).state is State.present) - (r.truth is State.present)) for r in rows])
    )


def _ece(rows: Sequence[HeldOut], side: str) -> float:
    sure = [(getattr(r, side), r.truth) for r in rows if not getattr(r, side).abstained]
    confidences = np.array([score.confidence for score, _ in sure])
    return calibration_error(confidences, np.array([score.state is truth for score, truth in sure], dtype=bool))
