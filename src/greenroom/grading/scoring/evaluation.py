"""Evaluating a scorer on labelled answers: the figures of the model, of the majority, and of words alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from greenroom.grading.scoring import metrics
from greenroom.grading.scoring.labelled import LabelledAnswer, named
from greenroom.grading.scoring.labels import Level, at, common_level, in_order, levels, shared_level
from greenroom.grading.scoring.model import UNSURE_BELOW, Scorer, packaged_scorers
from greenroom.grading.scoring.prepared import Progress, TokenEncoder, prepare
from greenroom.grading.scoring.protocols import (
    Labelled,
    Predicted,
    apply,
    apply_baseline,
    cross_validate,
    joint,
    learn_and_apply,
    scale_of,
    trained,
)
from greenroom.grading.scoring.training import fingerprints
from greenroom.kernel.errors import InputError

RESAMPLES = 1000


@dataclass(frozen=True)
class Settings:
    """What an evaluation depends on beside its data. `highest` is the top of the scores' scale, if it is given."""

    seed: int = 0
    folds: int = 10
    resamples: int = RESAMPLES
    highest: float | None = None
    group_by: str = "question"


class Evaluator:
    """Runs the three protocols. *encoder* is None when only words can be compared."""

    def __init__(self, encoder: TokenEncoder | None, settings: Settings, progress: Progress) -> None:
        self._encoder = encoder
        self._settings = settings
        self._progress = progress
        self.encoder_name = encoder.name if encoder else "lexical"

    def cross_validated(self, answers: Sequence[LabelledAnswer]) -> dict[str, Any]:
        """`--data`: folds that share no question (or no domain)."""
        own = _labels(answers)
        level = Level.own if len(set(own)) > 1 else None
        groups = _groups(answers, self._settings.group_by)
        if len(set(groups)) < 2:
            raise InputError("there is only one question", mend="give answers to two questions or more")
        if level is None and not _scored(answers):
            raise InputError("all answers have the same label", mend="give answers of two labels or more, or scores")
        data = self._ready(answers)
        classes = in_order(at(Level.own, one) for one in own)
        prior = self._prior(answers)

        def run(lexical_only: bool) -> Predicted:
            def predict(train: Labelled, test: Labelled) -> Predicted:
                return self._learn(train, test, level, lexical_only=lexical_only, prior=prior)

            told = self._progress if not lexical_only else _silent
            return cross_validate(data, groups, level, classes, predict, count=self._settings.folds, progress=told)

        return self._report(data, data, level, run(False), run(True), prior)

    def transferred(self, train: Sequence[Sequence[LabelledAnswer]], test: Sequence[LabelledAnswer]) -> dict[str, Any]:
        """`--train … --test`: fitted on all training files together."""
        level = self._common_level(train, test)
        if level is None and not (_scored(test) and any(map(_scored, train))):
            raise InputError(
                "what is trained on has neither the classes nor the scores of what is tested on",
                mend="train on a file with labels (or scores) like those of the test",
            )
        asked = self._ready(test)  # first: a score above the scale is said before anything is embedded
        taught = joint([self._ready(one, given_scale=False) for one in train], level)
        prior = self._prior([*(one for part in train for one in part), *test])
        model = self._learn(taught, asked, level, prior=prior)
        lexical = self._learn(taught, asked, level, lexical_only=True)
        return self._report(taught, asked, level, model, lexical, prior)

    def trained(self, train: Sequence[Sequence[LabelledAnswer]], version: str) -> dict[str, Any]:
        """`train`: the model and its baseline on all files together, as the shipped artefact holds them."""
        known = [_labels(one) for one in train if _labels(one)]
        level = shared_level(known) if known else None
        if level is Level.own:
            level = levels(known[0])[-1] if len(levels(known[0])) == 1 else Level.three_way
        taught = joint([self._ready(one, given_scale=False) for one in train], level)
        return trained(taught, level, version=version, encoder=self.encoder_name, seed=self._settings.seed)

    def zero_shot(self, test: Sequence[LabelledAnswer], scorer: Scorer, baseline: Scorer) -> dict[str, Any]:
        """`--zero-shot`: the shipped model as it is; `seen` says how many questions it was trained on."""
        asked = self._ready(test)
        features, differences = asked.prepared.features, asked.prepared.differences
        level = Level.three_way if len(scorer.classes) > 2 else Level.two_way
        lexical = apply_baseline(baseline, level, asked.prepared)
        report = self._report(asked, asked, level, apply(scorer, level, features, differences), lexical)
        keys = {one.key for one in test}
        report["model"] = {"version": scorer.version, "encoder": scorer.encoder}
        report["questions_trained_on"] = sum(bool(fingerprints([key]) & scorer.trained_on) for key in keys)
        return report

    def _ready(self, answers: Sequence[LabelledAnswer], *, given_scale: bool = True) -> Labelled:
        scale = scale_of(answers, self._settings.highest if given_scale else None)
        return Labelled(answers, prepare(answers, self._encoder, self._progress), *scale)

    def _common_level(self, train: Sequence[Sequence[LabelledAnswer]], test: Sequence[LabelledAnswer]) -> Level | None:
        """The level to train at: fine enough for the test, and one that the training sets share."""
        known = [_labels(one) for one in train if _labels(one)]
        if not known:
            return None
        shared = shared_level(known)
        every = [at(shared, label) for labels in known for label in labels]
        asked = _labels(test)
        found = common_level(every, asked) if asked else Level.two_way
        order = list(Level)
        return None if found is None else order[max(order.index(found), order.index(shared))]

    def _prior(self, answers: Sequence[LabelledAnswer]) -> Scorer | None:
        """The shipped scorer, when it was trained on none of these questions: it would know their answers."""
        scorer, _ = packaged_scorers(lexical=self._encoder is None)
        seen = fingerprints([one.key for one in answers]) & scorer.trained_on
        return None if seen or scorer.encoder != self.encoder_name else scorer

    def _learn(
        self,
        train: Labelled,
        test: Labelled,
        level: Level | None,
        *,
        lexical_only: bool = False,
        prior: Scorer | None = None,
    ) -> Predicted:
        name, seed = self.encoder_name, self._settings.seed
        return learn_and_apply(train, test, level, encoder=name, seed=seed, lexical_only=lexical_only, prior=prior)

    def _report(
        self,
        train: Labelled,
        test: Labelled,
        level: Level | None,
        model: Predicted,
        lexical: Predicted,
        prior: Scorer | None = None,
    ) -> dict[str, Any]:
        return {
            "encoder": self.encoder_name,
            "advised_by": prior.version if prior else None,
            "seed": self._settings.seed,
            "resamples": self._settings.resamples,
            "answered_beside_labelled_answers": int(model.by_neighbours.sum()),
            "classes": self._classes(train, test, level, model, lexical) if level else {},
            "scores": self._scores(train, test, model, lexical),
        }

    def _classes(
        self, train: Labelled, test: Labelled, level: Level, model: Predicted, lexical: Predicted
    ) -> dict[str, Any]:
        rows = np.array([number for number, one in enumerate(test.labels) if one is not None], dtype=int)
        order, found = list(Level), {}
        for measured in levels(_labels(test.answers)):
            if order.index(measured) < order.index(level):
                continue
            truth = [at(measured, test.labels[row] or "") for row in rows]
            taught = Counter(at(measured, one) for one in train.labels if one is not None)
            usual = taught.most_common(1)[0][0]
            groups = [named(test.answers)[row] for row in rows]
            found[measured.value] = {
                "classes": dict(Counter(truth)),
                "model": self._figures(_class_measures(truth, model, measured, rows), groups),
                "lexical": self._figures(_class_measures(truth, lexical, measured, rows), groups),
                "majority": self._figures(_plain_measures(truth, [usual] * len(truth)), groups),
            }
        return found

    def _scores(self, train: Labelled, test: Labelled, model: Predicted, lexical: Predicted) -> dict[str, Any] | None:
        rows = np.flatnonzero(np.isfinite(test.marks))
        if not len(rows) or model.marks is None or lexical.marks is None:
            return None
        span = test.high - test.low
        truth = test.low + span * test.marks[rows]
        groups = [named(test.answers)[row] for row in rows]
        mean = float(np.nanmean(train.marks)) if np.isfinite(train.marks).any() else 0.5
        given = {"model": model.marks[rows], "lexical": lexical.marks[rows], "majority": np.full(len(rows), mean)}
        return {
            "answers": len(rows),
            "scale": [test.low, test.high],
            **{
                name: self._figures(metrics.marks(truth, test.low + span * marks, test.low, test.high), groups)
                for name, marks in given.items()
            },
        }

    def _figures(self, measures: Mapping[str, metrics.Measure], groups: Sequence[str]) -> dict[str, Any]:
        found = metrics.figures(measures, groups, resamples=self._settings.resamples, seed=self._settings.seed)
        return {name: figure.as_json() for name, figure in found.items()}


def _silent(*_: Any) -> None:
    """Progress that nobody waits for."""


def _scored(answers: Sequence[LabelledAnswer]) -> bool:
    return any(one.score is not None for one in answers)


def _labels(answers: Sequence[LabelledAnswer]) -> list[str]:
    return [one.normal_label for one in answers if one.normal_label is not None]


def _groups(answers: Sequence[LabelledAnswer], group_by: str) -> list[str]:
    if group_by == "question":
        return named(answers)
    if any(one.domain is None for one in answers):
        raise InputError("not every answer has a domain", mend="add a column `domain`, or group by question")
    return [one.domain or "" for one in answers]


def _plain_measures(truth: Sequence[str], chosen: Sequence[str]) -> dict[str, metrics.Measure]:
    return metrics.classification(truth, chosen, in_order([*truth, *chosen]))


def _class_measures(truth: Sequence[str], model: Predicted, level: Level, rows: Any) -> dict[str, metrics.Measure]:
    """The figures of classes and probabilities, and how often the model was unsure."""
    probabilities, names = model.at(level)
    chosen = [model.chosen[level][row] for row in rows]
    every = list(dict.fromkeys([*names, *truth]))
    columns = np.zeros((len(rows), len(every)))
    columns[:, : len(names)] = probabilities[rows]
    measured = metrics.probability(truth, chosen, every, columns)
    confidence = columns[np.arange(len(rows)), [every.index(one) for one in chosen]]
    right = np.array([one == two for one, two in zip(truth, chosen, strict=True)], dtype=float)
    return {**_plain_measures(truth, chosen), **measured, **metrics.abstention(confidence, right, UNSURE_BELOW)}
