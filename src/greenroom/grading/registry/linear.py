"""A linear model over named features: the plainest that can be served, as one matrix product."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from greenroom.bank.findings import State
from greenroom.grading.registry.errors import ArtefactRefused
from greenroom.grading.registry.protocols import Floats, Measure, Row, Score

KIND = "linear"
_PROBES = 32
_EQUAL = 1e-9
_MOST_FEATURES = 20_000
_QUICK_CHARACTERS = 40_000
"""Of all rows of a batch together."""


@dataclass(frozen=True)
class LinearModel:
    """Standardised features times weights, divided by a temperature, as probabilities of `classes` (states of a claim).

    `unsure_below`: a largest probability below it is an abstention. `weights` has a line a feature, a column a class.
    """

    version: str
    measure: str
    names: tuple[str, ...]
    classes: tuple[State, ...]
    centre: Floats
    scale: Floats
    weights: Floats
    intercept: Floats
    temperature: float
    unsure_below: float

    def stepwise(self, features: Floats) -> Floats:
        """The probabilities, step by step as the model was fitted."""
        standard = (features - self.centre) / self.scale
        return _softmax((standard @ self.weights + self.intercept) / self.temperature)

    def fused(self, features: Floats) -> Floats:
        """The same by one matrix product."""
        return _softmax(features @ self._product[:-1] + self._product[-1])

    @cached_property
    def _product(self) -> Floats:
        weights = self.weights / self.scale[:, None]
        whole = np.vstack([weights, self.intercept - self.centre @ weights])
        found: Floats = whole / self.temperature
        return found

    def probes(self) -> Floats:
        """Lines of features all over where the model was fitted, always the same."""
        spread = np.random.default_rng(0).normal(size=(_PROBES, len(self.names)))
        found: Floats = self.centre + 3.0 * spread * self.scale
        return found


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: Floats = raised / raised.sum(axis=1, keepdims=True)
    return found


class LinearScorer:
    """A linear model with the measure that gives its features. `fused` says whether it uses one product."""

    def __init__(self, model: LinearModel, measure: Measure) -> None:
        if (measure.name, measure.names) != (model.measure, model.names):
            raise ArtefactRefused(f"model {model.version} was fitted on other features than {measure.name} gives")
        self.version = model.version
        self._model, self._measure = model, measure
        self._present = model.classes.index(State.present)
        probes = model.probes()
        self.fused = bool(np.abs(model.fused(probes) - model.stepwise(probes)).max() <= _EQUAL)

    def score(self, rows: Sequence[Row]) -> list[Score]:
        """One score for each row, in their order."""
        if not rows:
            return []
        features = self._measure(rows)
        found = self._model.fused(features) if self.fused else self._model.stepwise(features)
        return self._scores(features, found)

    def is_quick(self, rows: Sequence[Row]) -> bool:
        """Whether *rows* are short enough to be read without a thread."""
        return sum([len(row.answer) for row in rows]) <= _QUICK_CHARACTERS

    def _scores(self, features: Floats, found: Floats) -> list[Score]:
        """All rows' at once: asking arrays for single numbers costs more than the product."""
        classes, unsure_below = self._model.classes, self._model.unsure_below
        best, confidences = found.argmax(axis=1).tolist(), found.max(axis=1).tolist()
        scores = zip(best, confidences, found[:, self._present].tolist(), _digests(features), strict=True)
        return [
            Score(State.unsure if sure < unsure_below else classes[at], sure, present, sure < unsure_below, {}, digest)
            for at, sure, present, digest in scores
        ]


def _digests(features: Floats) -> list[str]:
    """A hash of each line."""
    raw, width = features.tobytes(), features.shape[1] * features.itemsize
    return [hashlib.sha256(raw[at : at + width]).hexdigest() for at in range(0, len(raw), width)]


def to_bytes(model: LinearModel) -> bytes:
    """The model as a file, with what it says of its probes: whoever loads it compares."""
    arrays = {name: getattr(model, name).tolist() for name in ("centre", "scale", "weights", "intercept")}
    plain = {name: getattr(model, name) for name in ("version", "measure", "names", "temperature", "unsure_below")}
    document = {
        "kind": KIND, **plain, "classes": [one.value for one in model.classes], **arrays,
        "expected": model.stepwise(model.probes()).tolist(),
    }  # fmt: skip
    return json.dumps(document).encode()


def from_bytes(content: bytes) -> LinearModel:
    """The model in a file. Raises ArtefactRefused for what is none, or does not compute here what it did."""
    try:
        raw = json.loads(content)
        model = _model(raw)
        said, expected = model.stepwise(model.probes()), np.array(raw["expected"], dtype=float)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArtefactRefused(f"a linear model cannot be read: {type(error).__name__}") from None
    if said.shape != expected.shape or not np.abs(said - expected).max() <= 1e-6:
        raise ArtefactRefused(f"model {model.version} does not compute here what it did when it was made")
    return model


def _model(raw: Mapping[str, Any]) -> LinearModel:
    names = tuple(str(one) for one in raw["names"])
    classes = tuple(State(one) for one in raw["classes"])
    arrays = {name: np.array(raw[name], dtype=float) for name in ("centre", "scale", "weights", "intercept")}
    shapes = [(len(names),), (len(names),), (len(names), len(classes)), (len(classes),)]
    good = [one.shape for one in arrays.values()] == shapes and all(np.isfinite(one).all() for one in arrays.values())
    if raw["kind"] != KIND or not good or len(names) > _MOST_FEATURES or State.present not in classes:
        raise ValueError("not a linear model")
    temperature = float(raw["temperature"])
    if not (arrays["scale"] > 0).all() or not temperature > 0:
        raise ValueError("a scale is not positive")
    return LinearModel(
        version=str(raw["version"]),
        measure=str(raw["measure"]),
        names=names,
        classes=classes,
        temperature=temperature,
        unsure_below=float(raw["unsure_below"]),
        **arrays,
    )
