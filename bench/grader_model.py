"""One model for `bench/grader.py`: fused as Greenroom serves it, and as the pipeline that it was fitted as."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from pydantic import BaseModel
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from greenroom.bank.findings import State
from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Item, Kind
from greenroom.grading.registry.linear import LinearModel, LinearScorer
from greenroom.grading.registry.overlaps import Overlaps
from greenroom.grading.registry.protocols import Row

CLASSES = (State.present, State.absent, State.contradicted)


class Asked(BaseModel):
    """A text that is to be read."""

    text: str


class Said(BaseModel):
    """How surely each point is there."""

    scores: list[float]


def _item() -> Item:
    return next(one for one in load_pack(core_pack_folder()).items if one.kind is Kind.concept)


ITEM = _item()
MEASURE = Overlaps()
POINTS = [point for point in ITEM.head.rubric if point.claim]


def texts() -> list[str]:
    """Answers of the length that people write, all different."""
    said = [one for point in POINTS if point.phrasings for one in (point.phrasings.claim, *point.phrasings.accepts)]
    pairs = zip(said, said[3:] + said[:3], strict=True)
    return [f"{left} {right} ({number})" for number, (left, right) in enumerate(pairs)]


@cache
def pipeline() -> Any:
    """StandardScaler and LogisticRegression, fitted on made labels: what counts here is what it costs."""
    rows = MEASURE([Row(ITEM, point, text) for text in texts() for point in POINTS])
    labels = np.argsort(np.argsort(rows[:, 0] + rows[:, 3])) * 3 // len(rows)
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(rows, labels)


def scorer() -> LinearScorer:
    """The same weights, fused into one product."""
    scaler, last = pipeline()
    model = LinearModel(
        "bench", MEASURE.name, MEASURE.names, CLASSES, scaler.mean_, scaler.scale_, last.coef_.T, last.intercept_,
        1.0, 0.5,
    )  # fmt: skip
    found = LinearScorer(model, MEASURE)
    rows = [Row(ITEM, point, texts()[0]) for point in POINTS]
    same = np.abs(np.array([one.score for one in found.score(rows)]) - np.array(steps(pipeline(), texts()[0]))).max()
    assert found.fused, "it is not fused"
    assert same < 1e-9, same
    return found


def steps(model: Any, text: str) -> list[float]:
    """What the pipeline says, as one writes it first."""
    rows = MEASURE([Row(ITEM, point, text) for point in POINTS])
    return [float(one) for one in model.predict_proba(rows)[:, 0]]
