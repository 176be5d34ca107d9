"""The model that is trained from snapshots: a linear model over the windows of an answer, and its thresholds.

It decides as the model that comes with Greenroom does, behind the same guards and over the same features of a window
beside a point's phrasings; a logistic regression stands in place of the boosted trees. It knows no word: what it
learned are weights of likenesses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from greenroom.bank.findings import State
from greenroom.grading.features import NAMES
from greenroom.grading.registry import linear
from greenroom.grading.registry.errors import ArtefactRefused
from greenroom.grading.registry.linear import LinearModel
from greenroom.grading.registry.protocols import Floats

KIND = "claims"
MEASURE = "windows-1"
CLASSES = (State.present, State.absent)
_EQUAL = 1e-9


@dataclass(frozen=True)
class ClaimModel:
    """A linear model over windows. `encoder` is the one that its likenesses were made with.

    `present`, `unsure` and `contradicted` are where a point begins to be that. `about` says how it came about.
    """

    linear: LinearModel
    encoder: str
    present: float = 0.7
    unsure: float = 0.3
    contradicted: float = 0.3
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Its version."""
        return self.linear.version

    @cached_property
    def fused(self) -> bool:
        """Whether one matrix product gives what the steps of the fit give; else it goes step by step."""
        probes = self.linear.probes()
        return bool(np.abs(self.linear.fused(probes) - self.linear.stepwise(probes)).max() <= _EQUAL)

    def probabilities(self, rows: Floats) -> Floats:
        """The probability, 0..1, for each window, that it states the claim."""
        found: Floats = (self.linear.fused(rows) if self.fused else self.linear.stepwise(rows))[:, 0]
        return found


def claim_model(
    version: str, encoder: str, centre: Floats, scale: Floats, weights: Floats, intercept: float,
    about: Mapping[str, Any],
) -> ClaimModel:  # fmt: skip
    """A model whose log odds are the standardised features times *weights* and *intercept*."""
    columns = np.column_stack([weights, np.zeros(len(weights))])
    made = LinearModel(
        version=version,
        measure=MEASURE,
        names=NAMES,
        classes=CLASSES,
        centre=centre,
        scale=scale,
        weights=columns,
        intercept=np.array([intercept, 0.0]),
        temperature=1.0,
        unsure_below=0.0,
    )
    return ClaimModel(made, encoder, about=about)


def to_bytes(model: ClaimModel) -> bytes:
    """The model as a file."""
    thresholds = {name: getattr(model, name) for name in ("present", "unsure", "contradicted")}
    document = {"kind": KIND, "encoder": model.encoder, "thresholds": thresholds, "about": dict(model.about)}
    return json.dumps(document | {"linear": json.loads(linear.to_bytes(model.linear))}).encode()


def from_bytes(content: bytes) -> ClaimModel:
    """The model in a file. Raises ArtefactRefused for what is none, or does not compute here what it did."""
    try:
        raw = json.loads(content)
        thresholds = {name: float(raw["thresholds"][name]) for name in ("present", "unsure", "contradicted")}
        good = raw["kind"] == KIND and 0 < thresholds["unsure"] <= thresholds["present"] < 1
        encoder, about, inner = str(raw["encoder"]), dict(raw["about"]), json.dumps(raw["linear"]).encode()
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArtefactRefused(f"a model of claims cannot be read: {type(error).__name__}") from None
    found = linear.from_bytes(inner)
    if not good or (found.measure, found.names, found.classes) != (MEASURE, NAMES, CLASSES):
        raise ArtefactRefused(f"model {found.version} was fitted on other features than there are here")
    return ClaimModel(found, encoder, about=about, **thresholds)
