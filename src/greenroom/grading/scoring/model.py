"""The scorer's model: heads that read a row of numbers, put together to classes and a mark. No scikit-learn.

A *head* answers one question of yes or no, or estimates a mark: a linear part over standardised features, one of which
is a ridge direction over the `alignment.differences`, and boosted trees over the same; their mean is calibrated on
questions that neither had seen. Classes come from a chain of heads: correct or not; if not, the next class or not; and
so on (nested dichotomies, Frank and Kramer 2004).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from greenroom.grading.decision import Trees, trees_from
from greenroom.grading.scoring.labels import CORRECT, Level, at
from greenroom.grading.tokens import Floats, Vectors
from greenroom.kernel.errors import EnvironmentFault

UNSURE_BELOW = 0.65
"""Below this probability of the chosen side (correct or not), the scorer says `unsure`."""


@dataclass(frozen=True)
class Linear:
    """A weighted sum of standardised numbers."""

    centre: Floats
    scale: Floats
    weights: Floats
    intercept: float

    def sums(self, rows: Floats | Vectors) -> Floats:
        """The sum for each row."""
        found: Floats = ((rows - self.centre) / self.scale) @ self.weights + self.intercept
        return found


@dataclass(frozen=True)
class Head:
    """One question's answer: log odds when `is_mark` is false, else a mark on the scale 0..1."""

    direction: Linear | None
    linear: Linear
    trees: Trees
    bias: float
    slope: float
    offset: float
    is_mark: bool

    def raw(self, features: Floats, differences: Vectors) -> Floats:
        """The mean of the linear part and the trees, before calibration."""
        rows = features
        if self.direction is not None:
            rows = np.column_stack([features, self.direction.sums(differences)])
        return self.raw_of(rows)

    def raw_of(self, rows: Floats) -> Floats:
        """The same for rows that have their place on the direction already."""
        found: Floats = 0.5 * (self.linear.sums(rows) + self.bias + self.trees.sums(rows))
        return found

    def calibrated(self, features: Floats, differences: Vectors) -> Floats:
        """Log odds, or marks that may lie a little outside 0..1."""
        return self.slope * self.raw(features, differences) + self.offset

    def values(self, features: Floats, differences: Vectors) -> Floats:
        """Probabilities, or marks 0..1."""
        score = self.calibrated(features, differences)
        return np.clip(score, 0.0, 1.0) if self.is_mark else 1.0 / (1.0 + np.exp(-np.clip(score, -30, 30)))


@dataclass(frozen=True)
class Scorer:
    """What is known after a fit. `classes` has one more entry than `chain` has heads; both empty without labels.

    `weights` are what each class's probability is multiplied with before the largest decides, by level: fitted on
    held-out questions for the best macro-F1. `trained_on` holds the fingerprints of its questions.
    """

    version: str
    encoder: str
    classes: tuple[str, ...]
    chain: tuple[Head, ...]
    mark: Head | None
    weights: Mapping[str, Mapping[str, float]]
    trained_on: frozenset[str] = frozenset()

    def probabilities(self, features: Floats, differences: Vectors) -> Floats:
        """One column for each class; each row sums to 1."""
        left = np.ones(len(features))
        columns = []
        for head in self.chain:
            share = head.values(features, differences)
            columns.append(left * share)
            left = left * (1.0 - share)
        return np.column_stack([*columns, left])

    def opinions(self, features: Floats, differences: Vectors) -> Floats:
        """What each head says, before it becomes a probability: a column a head, for another model to learn from."""
        heads = [*self.chain, *([self.mark] if self.mark else [])]
        return np.column_stack([np.clip(head.calibrated(features, differences), -9.0, 9.0) for head in heads])

    def marks(self, features: Floats, differences: Vectors) -> Floats | None:
        """Marks 0..1; from the probability of `correct` when no marks were trained on; None without either."""
        if self.mark is not None:
            return self.mark.values(features, differences)
        if CORRECT in self.classes:
            return self.probabilities(features, differences)[:, self.classes.index(CORRECT)]
        return None


def at_level(probabilities: Floats, classes: Sequence[str], level: Level) -> tuple[Floats, tuple[str, ...]]:
    """The probabilities of the coarser classes at *level*, and their names."""
    names = tuple(dict.fromkeys(at(level, one) for one in classes))
    columns = [
        probabilities[:, [number for number, one in enumerate(classes) if at(level, one) == name]].sum(axis=1)
        for name in names
    ]
    return np.column_stack(columns), names


def choose(probabilities: Floats, classes: Sequence[str], weights: Mapping[str, float]) -> list[str]:
    """The class with the largest weighted probability, for each row."""
    factor = np.array([weights.get(one, 1.0) for one in classes])
    return [classes[number] for number in (probabilities * factor).argmax(axis=1)]


def as_json(scorer: Scorer) -> dict[str, Any]:
    """The model as plain JSON, numbers rounded to what matters."""
    return {
        "version": scorer.version,
        "encoder": scorer.encoder,
        "classes": list(scorer.classes),
        "chain": [_head_json(head) for head in scorer.chain],
        "mark": _head_json(scorer.mark) if scorer.mark else None,
        "weights": {level: dict(weights) for level, weights in scorer.weights.items()},
        "trained_on": sorted(scorer.trained_on),
    }


def scorer_from(raw: Mapping[str, Any]) -> Scorer:
    """The model that a file's contents describe."""
    return Scorer(
        version=raw["version"],
        encoder=raw["encoder"],
        classes=tuple(raw["classes"]),
        chain=tuple(_head_from(one) for one in raw["chain"]),
        mark=_head_from(raw["mark"]) if raw["mark"] else None,
        weights=raw["weights"],
        trained_on=frozenset(raw["trained_on"]),
    )


@cache
def packaged_scorers(*, lexical: bool = False) -> tuple[Scorer, Scorer]:
    """The model that ships with Greenroom and its baseline of word overlaps; *lexical*: for use without an encoder.

    Raises EnvironmentFault when the file is missing or damaged.
    """
    name = "scorer-lexical.json" if lexical else "scorer.json"
    try:
        raw = json.loads(files("greenroom.grading.scoring").joinpath(name).read_text(encoding="utf-8"))
        return scorer_from(raw["scorer"]), scorer_from(raw["baseline"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EnvironmentFault(f"{name}: {error}", mend="install Greenroom again") from None


def _rounded(values: Floats) -> list[float]:
    return [float(f"{one:.9g}") for one in values]


def _linear_json(one: Linear) -> dict[str, Any]:
    parts = {name: _rounded(getattr(one, name)) for name in ("centre", "scale", "weights")}
    return {**parts, "intercept": one.intercept}


def _linear_from(raw: Mapping[str, Any]) -> Linear:
    centre, scale, weights = (np.array(raw[name], dtype=float) for name in ("centre", "scale", "weights"))
    return Linear(centre, scale, weights, raw["intercept"])


def _head_json(head: Head) -> dict[str, Any]:
    return {
        "direction": _linear_json(head.direction) if head.direction else None,
        "linear": _linear_json(head.linear),
        "trees": _trees_json(head.trees),
        **{name: getattr(head, name) for name in ("bias", "slope", "offset", "is_mark")},
    }


def _head_from(raw: Mapping[str, Any]) -> Head:
    return Head(
        direction=_linear_from(raw["direction"]) if raw["direction"] else None,
        linear=_linear_from(raw["linear"]),
        trees=trees_from(raw["trees"]),
        **{name: raw[name] for name in ("bias", "slope", "offset", "is_mark")},
    )


def _trees_json(trees: Trees) -> list[dict[str, list[Any]]]:
    """One entry a tree, children numbered within it; a leaf's are 0."""
    ends = [*trees.roots[1:], len(trees.feature)]
    found = []
    for root, end in zip(trees.roots, ends, strict=True):
        own, nodes = np.arange(root, end), slice(root, end)
        inner = trees.left[nodes] != own
        found.append(
            {
                "feature": trees.feature[nodes].tolist(),
                "threshold": trees.threshold[nodes].tolist(),  # whole: values may lie very near to both sides of it
                "left": np.where(inner, trees.left[nodes] - root, 0).tolist(),
                "right": np.where(inner, trees.right[nodes] - root, 0).tolist(),
                "value": [float(f"{one:.9g}") for one in trees.value[nodes]],
            }
        )
    return found
