"""How a watch goes on by a day: the scores and the places of answers that came, held against their references. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.grading.monitoring.betting import BINS, FEWEST_REFERENCE_ROWS, ScoreDrift
from greenroom.grading.monitoring.embeddings import Nearness, fit_nearness
from greenroom.grading.monitoring.rules import share_of
from greenroom.grading.monitoring.statistics import PSI_BINS, mmd_p_value, psi

Floats = npt.NDArray[np.float64]
FEWEST_PLACES = 2 * FEWEST_REFERENCE_ROWS
"""One half fits what is near, the other is the reference."""
MMD_ROWS = 500
MOST_DAYS = 90
"""So many days of e-values are kept, to be looked at."""
_FEWEST_FOR_MMD = 30


def score_state(rows: list[float]) -> dict[str, Any]:
    """The state of a watch over scores that has seen *rows*: they are the reference once there are 2,000."""
    enough = len(rows) >= FEWEST_REFERENCE_ROWS
    drift = ScoreDrift.against(rows).as_json() if enough else None
    return {"rows": [] if enough else rows, "drift": drift, "reference": drift["counts"] if drift else None}


def with_scores(state: dict[str, Any], day: Sequence[tuple[str, float]]) -> dict[str, Any]:
    """*state* with one day more: it grows the reference until there is one, and is held against it afterwards."""
    if not state["drift"]:
        return state | score_state([*state["rows"], *(score for _, score in day)])
    drift = ScoreDrift.from_json(state["drift"])
    drift.see([score for _, score in day], [share_of(cluster, "tie") for cluster, _ in day])
    return state | {"drift": drift.as_json()}


def begin_places(state: dict[str, Any], first: Sequence[bytes]) -> dict[str, Any]:
    """*state* with a watch over places, where there are enough for its two halves."""
    if len(first) < FEWEST_PLACES:
        return state
    rows = unpacked(first)
    near = fit_nearness(rows[:FEWEST_REFERENCE_ROWS])
    drift = ScoreDrift.against(near.of(rows[FEWEST_REFERENCE_ROWS:FEWEST_PLACES]))
    fitted = {"centre": near.centre.tolist(), "quantiles": near.quantiles.round(6).tolist()}
    return state | {"near": fitted, "places": drift.as_json()}


def with_places(state: dict[str, Any], day: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    """*state* with the places of one day more."""
    if not state.get("places") or not day:
        return state
    near = Nearness(np.array(state["near"]["centre"]), np.array(state["near"]["quantiles"]))
    drift = ScoreDrift.from_json(state["places"])
    values = near.of(unpacked([vector for _, vector in day]))
    drift.see(values, [share_of(name, "tie") for name, _ in day])
    return state | {"places": drift.as_json()}


def with_day(state: dict[str, Any], day: str, errors_e: float) -> dict[str, Any]:
    """*state* with where the e-processes stood at the end of *day* (an ISO date); those without a reference stand at 1.

    *errors_e* is that of the audited errors, which have a watch of their own.
    """
    e_values = {name: one["wealth"]["value"] if one else 1.0 for name, one in _watches(state).items()}
    return state | {"days": [*state.get("days", []), {"day": day, **e_values, "errors": errors_e}][-MOST_DAYS:]}


def _watches(state: dict[str, Any]) -> dict[str, Any]:
    return {"scores": state["drift"], "texts": state.get("places")}


def unpacked(vectors: Sequence[bytes]) -> Floats:
    """Vectors as they are stored, one a row."""
    return np.array([np.frombuffer(one, np.float16) for one in vectors], dtype=float)


def tenths(scores: Sequence[float]) -> list[float]:
    """The shares of *scores*, of which there must be some, in each tenth of 0..1."""
    slots = np.clip((np.asarray(scores, dtype=float) * 10).astype(np.int64), 0, 9)
    return [float(one) for one in np.bincount(slots, minlength=10) / len(slots)]


def tenths_of_counts(counts: Sequence[int]) -> list[float]:
    """The same of scores that were counted by bin."""
    sums = np.asarray(counts, dtype=float).reshape(10, -1).sum(axis=1)
    return [float(one) for one in sums / sums.sum()]


@dataclass(frozen=True)
class Look:
    """Figures of a single look at the last days; None where there is too little. They are not for an alarm a day."""

    score_psi: float | None = None
    score_psi_threshold: float | None = None
    text_mmd_p: float | None = None


def look_at(
    state: dict[str, Any], scores: Sequence[float], first: Sequence[bytes], now: Sequence[bytes], seed: int
) -> Look:
    """PSI of *scores* beside the reference, and the permutation MMD of the places *now* beside the *first* ones."""
    index = None
    if state.get("reference") and len(scores) >= PSI_BINS:
        index = psi(_middles(np.array(state["reference"])), (np.floor(np.array(scores) * BINS) + 0.5) / BINS)
    p_value = None
    if min(len(first), len(now)) >= _FEWEST_FOR_MMD:
        p_value = mmd_p_value(unpacked(first), unpacked(now), np.random.default_rng(seed))
    return Look(index.value if index else None, index.threshold if index else None, p_value)


def _middles(counts: npt.NDArray[np.int64]) -> Floats:
    found: Floats = np.repeat((np.arange(BINS) + 0.5) / BINS, counts)
    return found
