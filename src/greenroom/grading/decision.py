"""From windows to a state: a small logistic regression over the features, and what overrules it.

The coefficients are an artefact (`model.json`), fitted by `python bench/grading/fit.py` on the bank's own
declared submissions and phrasings, grouped by item.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from greenroom.bank.findings import State
from greenroom.grading.features import NAMES, Seen
from greenroom.grading.guards import is_denial


@dataclass(frozen=True)
class Model:
    """Coefficients by feature, and the probabilities from which a point is present, or unsure."""

    version: str
    weights: tuple[float, ...]
    bias: float
    present: float
    unsure: float
    contradicted: float

    def probability(self, features: Sequence[float]) -> float:
        """The probability, 0..1, that a window with these features states the claim."""
        score = self.bias + sum(weight * value for weight, value in zip(self.weights, features, strict=True))
        return 1.0 / (1.0 + math.exp(-score)) if score > -60 else 0.0


@cache
def packaged_model(name: str = "model") -> Model:
    """The model that ships with Greenroom: `model`, or `lexical` for use without an encoder."""
    raw = json.loads(files("greenroom.grading").joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return Model(
        version=raw["version"],
        weights=tuple(raw["weights"][feature] for feature in NAMES),
        bias=raw["bias"],
        present=raw["present"],
        unsure=raw["unsure"],
        contradicted=raw["contradicted"],
    )


@dataclass(frozen=True)
class Decision:
    """A point's state with the probability that it is right, the window that decided, and a reason if one overruled."""

    state: State
    confidence: float
    seen: Seen | None
    reason: str | None = None


def decide(looked: Sequence[Seen], model: Model) -> Decision:
    """What the windows say together: the best one decides, a contradiction elsewhere overrules."""
    if not looked:
        return Decision(State.absent, 0.99, None)
    scored = [(model.probability(one.features), one) for one in looked]
    best_p, best = max(scored, key=lambda pair: pair[0])
    against_p, against = max(((_opposition(one), one) for _, one in scored), key=lambda pair: pair[0])
    opposed = against_p >= model.contradicted
    if best_p < model.unsure:
        if opposed:
            return Decision(State.contradicted, against_p, against)
        return Decision(State.absent, 1.0 - best_p, best)
    if is_denial(best.window.whole):
        return Decision(State.contradicted, 0.8, best, "denied")
    if best_p < model.present:
        return Decision(State.unsure, max(best_p, 1.0 - best_p), best)
    if opposed and not _same_place(against, best):
        return Decision(State.unsure, 0.6, best, "contradicted elsewhere")
    return Decision(State.present, best_p, best)


def _opposition(seen: Seen) -> float:
    """How strongly a window says the opposite, 0..1: near to what mistaken people write, nearer than to the claim."""
    if not seen.same_polarity:
        return 0.0
    reject = seen.cosine - seen.margin
    nearness = (reject - 0.55) / 0.35
    lead = -seen.margin / 0.15
    return max(0.0, min(1.0, nearness)) * max(0.0, min(1.0, lead))


def _same_place(one: Seen, other: Seen) -> bool:
    return one.window.first <= other.window.last and other.window.first <= one.window.last
