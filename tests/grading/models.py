"""A small linear model, rows to read, and a stream of scores: what the tests of the life cycle share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tests.items import write_concept_item, write_pack

from greenroom.bank.findings import State
from greenroom.bank.loader import load_pack
from greenroom.bank.models import Item
from greenroom.grading.registry.comparison import HeldOut
from greenroom.grading.registry.linear import LinearModel
from greenroom.grading.registry.overlaps import Overlaps
from greenroom.grading.registry.protocols import Row, Score

CLASSES = (State.present, State.absent, State.contradicted)
GOOD = (
    "The server keeps no session record because the token itself carries what is needed. "
    "Any instance can check the token by itself, so it is easy to add more servers behind a load balancer."
)


def concept_item(folder: Path) -> Item:
    write_pack(folder)
    write_concept_item(folder / "items" / "jwt" / "why-stateless")
    return load_pack(folder).items[0]


def rows(item: Item, answer: str = GOOD) -> list[Row]:
    return [Row(item, point, answer) for point in item.head.rubric]


def linear_model(version: str = "linear-1", *, seed: int = 0, lean: float = 0.0) -> LinearModel:
    """Likeness to the accepted phrasings speaks for a point, likeness to the rejected ones against it."""
    rng = np.random.default_rng(seed)
    width = len(Overlaps.names)
    weights = np.zeros((width, 3))
    weights[:, 0] = (2.0, 0.5, 1.0, 3.0, -1.5, 2.0, -1.0, 0.0)
    weights[:, 2] = (0.0, 0.0, 0.0, 0.0, 2.0, -1.0, 0.5, 0.0)
    weights += rng.normal(scale=0.01, size=weights.shape)
    return LinearModel(
        version=version,
        measure=Overlaps.name,
        names=Overlaps.names,
        classes=CLASSES,
        centre=np.full(width, 0.3),
        scale=np.full(width, 0.25),
        weights=weights,
        intercept=np.array([lean, 0.0, -1.0]),
        temperature=1.3,
        unsure_below=0.5,
    )


def score(state: State, confidence: float = 0.9) -> Score:
    return Score(state, confidence, confidence if state is State.present else 1 - confidence, state is State.unsure)


def held_out(
    rng: np.random.Generator, champion: float, challenger: float, count: int = 900, *, boast: float = 0.0
) -> list[HeldOut]:
    """Rows of questions, where each model is right with the probability that is given, more or less by question.

    The champion is too sure of itself by *boast*.
    """
    found = []
    for question in range(count // 15):
        ease = rng.normal(scale=0.05)
        for _ in range(15):
            truth = CLASSES[int(rng.choice(3, p=(0.5, 0.35, 0.15)))]
            first, second = _said(rng, truth, champion + ease, boast), _said(rng, truth, challenger + ease)
            found.append(HeldOut(truth, first, second, cluster=f"q{question}", family=f"f{question % 4}"))
    return found


def _said(rng: np.random.Generator, truth: State, accuracy: float, boast: float = 0.0) -> Score:
    right = rng.random() < accuracy
    others: Sequence[State] = [one for one in CLASSES if one is not truth]
    return score(truth if right else others[int(rng.integers(2))], min(0.99, max(0.4, accuracy + boast)))
