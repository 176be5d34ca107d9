"""What labelled answers to the same question say of an answer: how near it is to the right and to the wrong ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from greenroom.grading.scoring.prepared import Prepared
from greenroom.grading.tokens import Floats
from greenroom.grading.words import trigrams

FEWEST = 3
"""So many labelled answers a question must have before they are asked."""
_RIDGE = (0.3, 1.0)
_SHARPNESS = 12.0
_NEAREST = 5
NAMES = ("count", "rate", "smooth", "sharp", "nearest_high", "nearest_low", "lead", "vote", "top", "agreement")


Ints = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Taught:
    """Labelled answers. `targets` has a column for each thing that is asked: 1 for what counts and 0 for what does not,
    or marks 0..1; NaN is not known."""

    prepared: Prepared
    targets: Floats

    @property
    def columns(self) -> int:
        """How many features an answer gets."""
        return len(NAMES) * int(self.targets.shape[1])


def counts(taught: Taught, asked: Prepared) -> npt.NDArray[np.int64]:
    """How many labelled answers there are to each asked answer's question."""
    known = _questions(taught.prepared)
    return np.array([len(known.get(key, ())) for key in asked.keys], dtype=int)


def seen_by_others(taught: Taught, asked: Prepared) -> Floats:
    """The features (NAMES for each target) of the *asked* answers; zeros where fewer than three are taught."""
    known, found = _questions(taught.prepared), np.zeros((len(asked), taught.columns))
    for key, rows in _questions(asked).items():
        if key in known:
            own = taught.prepared.take(known[key])
            near, between = likeness(asked.take(rows), own), likeness(own, own)
            found[rows] = _of_targets(near, between, taught.targets[known[key]])
    return found


def left_out(taught: Taught) -> Floats:
    """The same for each taught answer from the other answers to its question."""
    found = np.zeros((len(taught.prepared), taught.columns))
    for rows in _questions(taught.prepared).values():
        own = taught.prepared.take(rows)
        between, targets = likeness(own, own), taught.targets[rows]
        for place, row in enumerate(rows):
            rest = np.delete(np.arange(len(rows)), place)
            found[row] = _of_targets(between[place][None, rest], between[np.ix_(rest, rest)], targets[rest])[0]
    return found


def _of_targets(near: Floats, between: Floats, targets: Floats) -> Floats:
    blocks = []
    for values in targets.T:
        known = np.flatnonzero(np.isfinite(values))
        enough = len(known) >= FEWEST
        block = _features(near[:, known], between[np.ix_(known, known)], values[known]) if enough else None
        blocks.append(np.zeros((len(near), len(NAMES))) if block is None else block)
    return np.hstack(blocks)


def _questions(asked: Prepared) -> Mapping[tuple[str, str], Ints]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, key in enumerate(asked.keys):
        found[key].append(row)
    return {key: np.array(rows) for key, rows in found.items()}


def likeness(left: Prepared, right: Prepared) -> Floats:
    """How alike answers are, 0..1: the mean of the encoder's cosine and that of character trigrams."""
    pieces = _pieces(left.texts, right.texts)
    if not left.vectors.shape[1]:
        return pieces
    found: Floats = 0.5 * np.clip(left.vectors @ right.vectors.T, 0, 1) + 0.5 * pieces
    return found


def _pieces(left: Sequence[str], right: Sequence[str]) -> Floats:
    ours, theirs = [trigrams(text) for text in left], [trigrams(text) for text in right]
    return np.array([[len(a & b) / max((len(a) * len(b)) ** 0.5, 1) for b in theirs] for a in ours], dtype=float)


def _features(near: Floats, between: Floats, values: Floats) -> Floats:
    """*near*: asked by taught; *between*: taught by taught.

    `smooth` and `sharp` are kernel ridge predictions (the mean of a Gaussian process) around the question's rate.
    """
    count = len(values)
    rate = (values.sum() + 1.0) / (count + 2.0)
    weights = np.exp(_SHARPNESS * (near - near.max(axis=1, keepdims=True)))
    order = np.argsort(-near, axis=1)[:, :_NEAREST]
    high = np.where(values[None, :] >= 0.5, near, 0.0).max(axis=1)
    low = np.where(values[None, :] < 0.5, near, 0.0).max(axis=1)
    ridges = [rate + near**2 @ np.linalg.solve(between**2 + ridge * np.eye(count), values - rate) for ridge in _RIDGE]
    columns = [
        np.full(len(near), np.log1p(count)),
        np.full(len(near), rate),
        ridges[1],
        ridges[0],
        high,
        low,
        high - low,
        (weights @ values) / weights.sum(axis=1),
        values[order].mean(axis=1),
        values[order].std(axis=1),
    ]
    return np.column_stack(columns)
