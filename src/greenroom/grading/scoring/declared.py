"""Evaluating the point grader on what the bank declares of its own answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from greenroom.bank.findings import CLAIM_STATES, State
from greenroom.bank.models import Item, Kind
from greenroom.bank.verification import expected_findings
from greenroom.grading.fitting.points import Example, item_examples
from greenroom.grading.fitting.trees import unseen_models
from greenroom.grading.scoring import metrics
from greenroom.grading.scoring.evaluation import Settings
from greenroom.grading.scoring.plots import confusion, plots
from greenroom.grading.scoring.prepared import Progress
from greenroom.grading.service import Grader, probability_of
from greenroom.grading.words import content

PRESENT, NOT_PRESENT = "present", "not present"
_SEEN = "The point model was trained on these answers; `--unseen` measures it on items it has not seen."
_UNSEEN = "Each item was read by a model that had not learned from it. Its phrasings were written beside these answers."


@dataclass(frozen=True)
class _Row:
    """One declared point beside one answer."""

    item: str
    truth: str
    probability: float
    unsure: bool
    overlap: float
    family: str


def evaluate_bank(
    items: Sequence[Item], grader: Grader, settings: Settings, progress: Progress, *, unseen: bool = False
) -> dict[str, Any]:
    """Every declared point of every answer in words: present or not, as the shipped grader reads it.

    *unseen*: as one does that was fitted without the item, in as many folds as *settings* say. That takes some
    minutes, and scikit-learn.
    """
    asked = [item for item in items if item.kind is Kind.concept]
    graders = _unseen_graders(asked, grader, settings.folds, progress) if unseen else {}
    rows: list[_Row] = []
    for number, item in enumerate(asked, 1):
        rows += _rows(item, graders.get(item.slug, grader))
        progress("grading", number, len(asked))
    truth, groups = [row.truth for row in rows], [row.item for row in rows]

    def figures(measures: dict[str, metrics.Measure]) -> dict[str, Any]:
        found = metrics.figures(measures, groups, resamples=settings.resamples, seed=settings.seed)
        return {name: figure.as_json() for name, figure in found.items()}

    usual = Counter(truth).most_common(1)[0][0]
    return {
        "note": _UNSEEN if unseen else _SEEN,
        "encoder": grader.encoder,
        "seed": settings.seed,
        "resamples": settings.resamples,
        "model": {"version": grader.version, "encoder": grader.encoder},
        "items": len(asked),
        "scores": None,
        "classes": {
            "points": {
                "classes": dict(Counter(truth)),
                "model": figures(_measures(rows, truth)),
                "lexical": figures(_chosen(truth, [_named(row.overlap >= 0.5) for row in rows])),
                "majority": figures(_chosen(truth, [usual] * len(rows))),
            }
        },
        "plots": _plots(rows, truth),
    }


def _unseen_graders(items: Sequence[Item], grader: Grader, folds: int, progress: Progress) -> dict[str, Grader]:
    chosen: list[Example] = []
    for number, item in enumerate(items, 1):
        chosen += item_examples(item, items, grader.loaded_encoder())
        progress("reading", number, len(items))
    models = unseen_models(chosen, folds, lexical=grader.loaded_encoder() is None, told=progress)
    return {slug: grader.with_model(model) for slug, model in models.items()}


def _rows(item: Item, grader: Grader) -> Iterator[_Row]:
    points = {point.id: point for point in item.head.rubric if point.claim}
    for submission in item.submissions:
        text = submission.path.read_text(encoding="utf-8")
        expected = expected_findings(item, submission)
        own = content(text)
        for finding in grader.grade(item, text):
            truth = _truth(expected.get(finding.point))
            phrasings = points[finding.point].phrasings
            if truth is None or phrasings is None:
                continue
            wanted = [content(phrase) for phrase in (phrasings.claim, *phrasings.accepts)]
            overlap = max(len(own & one) / max(len(one), 1) for one in wanted)
            unsure, family = finding.state is State.unsure, item.topic.value
            yield _Row(item.slug, truth, probability_of(finding), unsure, overlap, family)


def state_of(expected: str | float) -> State | None:
    """The one state that a declaration names; of `absent|contradicted`, absent. None where it leaves open which."""
    if not isinstance(expected, str):
        return State.present if expected >= 1.0 else State.absent if expected <= 0.0 else None
    named = {word.strip() for word in expected.split("|")}
    if len(named) == 1:
        return next((one for one in CLAIM_STATES if one in named), None)
    return State.absent if State.present not in named and State.absent in named else None


def _plots(rows: Sequence[_Row], truth: Sequence[str]) -> dict[str, Any]:
    """A family is a topic. An unsure point earns nothing, so for F1 it counts as not present."""
    present = np.array([row.probability for row in rows])
    chosen = [_named(row.probability > 0.5) for row in rows]
    made = plots(truth, chosen, np.maximum(present, 1 - present), [row.family for row in rows], (PRESENT, NOT_PRESENT))
    said = ["unsure" if row.unsure else one for row, one in zip(rows, chosen, strict=True)]
    return made | {"confusion": confusion(truth, said)}


def _truth(expected: str | float | None) -> str | None:
    """None for what is not declared, or declared to be either."""
    state = None if expected is None else state_of(expected)
    return None if state is None else _named(state == State.present)


def _named(present: bool) -> str:
    return PRESENT if present else NOT_PRESENT


def _chosen(truth: Sequence[str], chosen: Sequence[str]) -> dict[str, metrics.Measure]:
    return metrics.classification(truth, chosen, (PRESENT, NOT_PRESENT))


def _measures(rows: Sequence[_Row], truth: Sequence[str]) -> dict[str, metrics.Measure]:
    """An unsure point earns nothing, so it counts as not present."""
    present = np.array([row.probability for row in rows])
    chosen = [_named(row.probability > 0.5) for row in rows]
    confidence = np.where([row.unsure for row in rows], 0.5, np.maximum(present, 1 - present))
    right = np.array([one == two for one, two in zip(truth, chosen, strict=True)], dtype=float)
    return {
        **_chosen(truth, chosen),
        **metrics.probability(truth, chosen, (PRESENT, NOT_PRESENT), np.column_stack([present, 1 - present])),
        **metrics.abstention(confidence, right, 0.5 + 1e-9),
    }
