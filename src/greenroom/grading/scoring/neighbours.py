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


@dataclass(frozen=True)
class Taught:
    """Labelled answers: `values` are 1 for what counts and 0 for what does not, or marks 0..1; NaN is not known."""

    prepared: Prepared
    values: Floats

    def rows(self) -> Mapping[tuple[str, str], npt.NDArray[np.intp]]:
        """The rows of each question that are known."""
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row, key in enumerate(self.prepared.keys):
            if np.isfinite(self.values[row]):
                found[key].append(row)
        return {key: np.array(rows) for key, rows in found.items()}


def counts(taught: Taught, asked: Prepared) -> npt.NDArray[np.int64]:
    """How many labelled answers there are to each asked answer's question."""
    known = taught.rows()
    return np.array([len(known.get(key, ())) for key in asked.keys], dtype=int)


def seen_by_others(taught: Taught, asked: Prepared) -> Floats:
    """The features (NAMES) of the *asked* answers, from *taught*; zero rows where too few are taught."""
    known, found = taught.rows(), np.zeros((len(asked), len(NAMES)))
    for key, rows in _questions(asked).items():
        if len(known.get(key, ())) >= FEWEST:
            own = taught.prepared.take(known[key])
            found[rows] = _features(likeness(asked.take(rows), own), likeness(own, own), taught.values[known[key]])
    return found


def left_out(taught: Taught) -> Floats:
    """The same for each taught answer from the other answers to its question."""
    found = np.zeros((len(taught.prepared), len(NAMES)))
    for rows in taught.rows().values():
        if len(rows) <= FEWEST:
            continue
        between, values = likeness(taught.prepared.take(rows), taught.prepared.take(rows)), taught.values[rows]
        for place, row in enumerate(rows):
            rest = np.delete(np.arange(len(rows)), place)
            found[row] = _features(between[place][None, rest], between[np.ix_(rest, rest)], values[rest])[0]
    return found


def _questions(asked: Prepared) -> Mapping[tuple[str, str], npt.NDArray[np.intp]]:
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
