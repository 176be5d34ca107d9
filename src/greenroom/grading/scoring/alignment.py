"""Word pieces of an answer beside those of a reference: the best match of each, and what stays without one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from greenroom.grading.encoder import Vectors
from greenroom.grading.scoring.reading import Reading
from greenroom.grading.scoring.reversal import KINDS
from greenroom.grading.tokens import Floats

REVERSED_NAMES = tuple(
    f"{kind}_{name}" for kind in KINDS for name in ("cosine", "recall", "precision", "gained", "lost")
)


def best_matches(reference: Reading, answer: Reading) -> tuple[Floats, Floats]:
    """For each token of the reference, and of the answer, the cosine of the other's token that is nearest to it.

    This is BERTScore's greedy matching (Zhang et al. 2020).
    """
    left, right = reference.token_vectors, answer.token_vectors
    if not len(left) or not len(right):
        return np.zeros(len(left)), np.zeros(len(right))
    cosines = left @ right.T
    return cosines.max(axis=1).astype(float), cosines.max(axis=0).astype(float)


def _cosine(one: Reading, other: Reading) -> float:
    assert one.vector is not None
    assert other.vector is not None
    return float(one.vector @ other.vector)


def mean(values: Floats, weights: Floats) -> float:
    """The weighted mean; 0 without weight."""
    total = float(weights.sum())
    return float(values @ weights) / total if total > 1e-9 else 0.0


def differences(answer: Reading, reference: Reading) -> Vectors:
    """What is missing, matched and stray, and how matches differ: four weighted mean vectors, one after the other.

    A linear function of them is a learned weight for each meaning that a reference asks for or an answer adds, and for
    each way in which a word may differ from its match.
    """
    assert answer.vector is not None
    wanted, own = reference.token_vectors, answer.token_vectors
    if not len(wanted) or not len(own):
        return np.zeros(4 * len(answer.vector), np.float32)
    cosines = np.clip(wanted @ own.T, 0.0, 1.0)
    found, told = cosines.max(axis=1), cosines.max(axis=0)
    weights, own_weights = _shares(reference.token_weights), _shares(answer.token_weights)
    parts = (
        (weights * (1 - found)) @ wanted,
        (weights * found) @ wanted,
        (own_weights * (1 - told)) @ own,
        weights @ np.abs(wanted - own[cosines.argmax(axis=1)]),
    )
    return np.concatenate(parts).astype(np.float32)


def _shares(weights: Floats) -> Floats:
    shares: Floats = weights / max(float(weights.sum()), 1e-9)
    return shares


def beside_reversed(answer: Reading, reference: Reading, reversed_ones: Sequence[Reading]) -> tuple[float, ...]:
    """How much nearer the answer is to each reversal of the reference than to the reference (REVERSED_NAMES)."""
    wanted, own = best_matches(reference, answer)
    cosine = _cosine(answer, reference)
    recall, precision = mean(wanted, reference.token_weights), mean(own, answer.token_weights)
    found: list[float] = []
    for one in reversed_ones:
        theirs, mine = best_matches(one, answer)
        found += [
            _cosine(answer, one) - cosine,
            mean(theirs, one.token_weights) - recall,
            mean(mine, answer.token_weights) - precision,
            float((mine - own).max(initial=0.0)),
            float((own - mine).max(initial=0.0)),
        ]
    return tuple(found)
