"""What a trained model shows on examples that its fits have not seen: figures with intervals, beside two baselines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from greenroom.grading.fitting.examples import Example
from greenroom.grading.registry.protocols import Floats
from greenroom.grading.scoring import metrics
from greenroom.grading.scoring.declared import NOT_PRESENT, PRESENT

RESAMPLES = 500
_CLASSES = (PRESENT, NOT_PRESENT)
_LEXICAL = 0.5


def report(
    examples: Sequence[Example], probabilities: Floats, *, present: float, unsure: float, seed: int
) -> dict[str, Any]:
    """Accuracy, precision, recall, F1, Brier, ECE and abstention by question, macro-F1 by family, errors of totals."""
    truth = [PRESENT if one.present else NOT_PRESENT for one in examples]
    groups = [one.item for one in examples]

    def shown(measures: dict[str, metrics.Measure], of: Sequence[str] = groups) -> dict[str, Any]:
        found = metrics.figures(measures, of, resamples=RESAMPLES, seed=seed)
        return {name: figure.as_json() for name, figure in found.items()}

    usual = Counter(truth).most_common(1)[0][0]
    lexical = [PRESENT if one.overlap >= _LEXICAL else NOT_PRESENT for one in examples]
    return {
        "examples": len(examples),
        "questions": len(set(groups)),
        "writers": len({one.candidate for one in examples}),
        "classes": dict(Counter(truth)),
        "model": shown(_measures(truth, probabilities, present, unsure)),
        "lexical": shown(metrics.classification(truth, lexical, _CLASSES)),
        "majority": shown(metrics.classification(truth, [usual] * len(truth), _CLASSES)),
        "families": _families(examples, truth, probabilities, present),
        "totals": _totals(examples, probabilities, present, seed),
    }


def _said(probabilities: Floats, present: float) -> list[str]:
    """Only what is surely there earns: what the model is unsure of counts as not present."""
    return [PRESENT if one >= present else NOT_PRESENT for one in probabilities]


def _measures(truth: Sequence[str], shares: Floats, present: float, unsure: float) -> dict[str, metrics.Measure]:
    chosen = [PRESENT if one > 0.5 else NOT_PRESENT for one in shares]
    confidence = np.where((shares >= unsure) & (shares < present), 0.0, 1.0)
    right = np.array([one == two for one, two in zip(truth, chosen, strict=True)], dtype=float)
    return {
        **metrics.classification(truth, _said(shares, present), _CLASSES),
        **metrics.probability(truth, chosen, _CLASSES, np.column_stack([shares, 1 - shares])),
        **metrics.abstention(confidence, right, 0.5),
    }


def _families(
    examples: Sequence[Example], truth: Sequence[str], probabilities: Floats, present: float
) -> dict[str, Any]:
    """The macro-F1 of each rubric family (topic), with how many examples it has."""
    said, found = _said(probabilities, present), {}
    for family in sorted({one.family for one in examples}):
        rows = [number for number, one in enumerate(examples) if one.family == family]
        measure = metrics.classification([truth[row] for row in rows], [said[row] for row in rows], _CLASSES)
        one = metrics.figures({"macro_f1": measure["macro_f1"]}, ["all"] * len(rows), resamples=0, seed=0)
        found[family] = {"examples": len(rows), "macro_f1": one["macro_f1"].as_json()["value"]}
    return found


def _totals(examples: Sequence[Example], probabilities: Floats, present: float, seed: int) -> dict[str, Any]:
    """MAE, MSE, RMSE, quadratic kappa and r over the share of an answer's points, of those that somebody judged."""
    earned: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    item_of = {one.answer: one.item for one in examples}
    for one, share in zip(examples, probabilities, strict=True):
        earned[one.answer].append((one.worth, one.worth * one.present, one.worth * float(share >= present)))
    sums = np.array([np.sum(rows, axis=0) for rows in earned.values()])
    truth, given = sums[:, 1] / sums[:, 0], sums[:, 2] / sums[:, 0]
    found = metrics.figures(
        metrics.marks(truth, given, 0.0, 1.0), [item_of[one] for one in earned], resamples=RESAMPLES, seed=seed
    )
    return {"answers": len(sums)} | {name: figure.as_json() for name, figure in found.items()}
