"""How answers come to be predicted: by cross-validation, by a model of other files, or by the shipped model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.grading.scoring import neighbours
from greenroom.grading.scoring.labelled import LabelledAnswer, named
from greenroom.grading.scoring.labels import CORRECT, Level, at, taught
from greenroom.grading.scoring.likeness import LEXICAL_NAMES
from greenroom.grading.scoring.model import Scorer, as_json, at_level, choose
from greenroom.grading.scoring.prepared import Prepared, joined
from greenroom.grading.scoring.training import Examples, fingerprints, fit, folds
from greenroom.grading.tokens import Floats, Vectors
from greenroom.kernel.errors import InputError

Ints = npt.NDArray[np.intp]
BASELINE_COLUMNS = [LEXICAL_NAMES.index(name) for name in ("recall", "precision", "overlap", "recall_new")]
_MOST_NEIGHBOUR_CLASSES = 3


@dataclass(frozen=True)
class Labelled:
    """A set that is ready: its answers, their rows, and the scale of its scores."""

    answers: Sequence[LabelledAnswer]
    prepared: Prepared
    low: float
    high: float
    guessed: npt.NDArray[np.bool_] | None = None
    """Which scores were made of labels (`joint`)."""

    @property
    def labels(self) -> list[str | None]:
        """The normal labels."""
        return [one.normal_label for one in self.answers]

    @property
    def marks(self) -> Floats:
        """Scores on the scale 0..1; NaN where there is none."""
        scores = np.array([np.nan if one.score is None else one.score for one in self.answers], dtype=float)
        return (scores - self.low) / ((self.high - self.low) or 1.0)

    def take(self, rows: Ints) -> Labelled:
        """These answers alone, on the same scale."""
        guessed = None if self.guessed is None else self.guessed[rows]
        return Labelled([self.answers[row] for row in rows], self.prepared.take(rows), self.low, self.high, guessed)


def scale_of(answers: Sequence[LabelledAnswer], highest: float | None = None) -> tuple[float, float]:
    """The ends of the scale of scores: 0 (or the least, if below) to *highest*, or to the largest that occurs.

    Raises InputError for a score above *highest*.
    """
    scores = [one.score for one in answers if one.score is not None]
    low, high = min([0.0, *scores]), max([*scores], default=1.0)
    if highest is not None and scores and high > highest:
        raise InputError(f"a score of {high:g} is above the scale, {highest:g}", mend=f"give --scale {high:g} or more")
    return low, max(highest if highest is not None else high, low + 1e-9)


@dataclass
class Predicted:
    """What was said of each answer. `classes` name the columns of `probabilities`; none when no class was learned."""

    level: Level | None
    classes: tuple[str, ...]
    probabilities: Floats
    chosen: dict[Level, list[str]]
    marks: Floats | None
    by_neighbours: npt.NDArray[np.bool_]

    def at(self, level: Level) -> tuple[Floats, tuple[str, ...]]:
        """The probabilities at a coarser *level*, and the names of their columns."""
        return at_level(self.probabilities, self.classes, level)


def apply(scorer: Scorer, level: Level | None, features: Floats, differences: Vectors) -> Predicted:
    """What *scorer*, whose classes are those of *level*, says of rows."""
    nobody = np.zeros(len(features), dtype=bool)
    marks = scorer.marks(features, differences)
    if level is None or len(scorer.classes) < 2:
        return Predicted(None, (), np.zeros((len(features), 0)), {}, marks, nobody)
    found = scorer.probabilities(features, differences)
    chosen = {}
    for coarser in Level:
        columns, names = at_level(found, scorer.classes, coarser)
        chosen[coarser] = choose(columns, names, scorer.weights.get(coarser.value, {}))
    return Predicted(level, scorer.classes, found, chosen, marks, nobody)


def learn_and_apply(
    train: Labelled,
    test: Labelled,
    level: Level | None,
    *,
    encoder: str,
    seed: int,
    lexical_only: bool = False,
    prior: Scorer | None = None,
) -> Predicted:
    """Fit on *train*, then predict *test*.

    Where the question of a test answer has labelled answers in *train*, a second model also uses the likeness to
    them; in its training each answer sees the other answers to its question. With *lexical_only* it is the baseline:
    four word overlaps and nothing else. What *prior*, a scorer of other questions, says of an answer is a feature more
    (stacking, Wolpert 1992): how much it is worth is learned from *train*.
    """
    if lexical_only:
        return apply_baseline(_baseline(train, level, seed), level, test.prepared)
    if prior is not None:
        train, test = _advised(train, prior), _advised(test, prior)
    cold = _cold(train, level, "evaluated", encoder, seed)
    found = apply(cold, level, test.prepared.features, test.prepared.differences)
    known = neighbours.counts(neighbours.Taught(train.prepared, np.zeros((len(train.answers), 0))), test.prepared)
    rows = np.flatnonzero(known >= neighbours.FEWEST)
    if len(rows):
        _use_neighbours(found, train, test.take(rows), rows, level, cold.classes, encoder=encoder, seed=seed)
    return found


def _advised(data: Labelled, prior: Scorer) -> Labelled:
    """*data* with the opinions of *prior* as further features."""
    ready = data.prepared
    features = np.column_stack([ready.features, prior.opinions(ready.features, ready.differences)])
    return replace(data, prepared=replace(ready, features=features))


def trained(train: Labelled, level: Level | None, *, version: str, encoder: str, seed: int) -> dict[str, Any]:
    """A model without neighbours and its baseline, as the artefact's JSON."""
    cold, plain = _cold(train, level, version, encoder, seed), _baseline(train, level, seed)
    questions = fingerprints([one.key for one in train.answers])
    return {"scorer": as_json(replace(cold, trained_on=questions)), "baseline": as_json(plain)}


def _cold(train: Labelled, level: Level | None, version: str, encoder: str, seed: int) -> Scorer:
    examples = _examples(train, train.prepared.features, train.prepared.differences, level)
    return fit(examples, level or Level.two_way, version=version, encoder=encoder, seed=seed)


def _baseline(train: Labelled, level: Level | None, seed: int) -> Scorer:
    nothing = np.zeros((len(train.prepared), 0), np.float32)
    examples = _examples(train, train.prepared.features[:, BASELINE_COLUMNS], nothing, level)
    return fit(examples, level or Level.two_way, version="baseline", encoder="none", seed=seed, plain=True)


def apply_baseline(scorer: Scorer, level: Level | None, prepared: Prepared) -> Predicted:
    """What a *scorer* of the four word overlaps says."""
    nothing = np.zeros((len(prepared), 0), np.float32)
    return apply(scorer, level, prepared.features[:, BASELINE_COLUMNS], nothing)


def _examples(train: Labelled, features: Floats, differences: Vectors, level: Level | None) -> Examples:
    labels = train.labels if level is not None else [None] * len(train.answers)
    guessed = np.zeros(len(train.answers), dtype=bool) if train.guessed is None else train.guessed
    return Examples(features, differences, labels, train.marks, named(train.answers), guessed)


def _use_neighbours(
    found: Predicted, train: Labelled, test: Labelled, rows: Ints, level: Level | None, classes: Sequence[str],
    *, encoder: str, seed: int,
) -> None:  # fmt: skip
    """Put what the second model says of *rows* into *found*."""
    taught_answers = neighbours.Taught(train.prepared, np.column_stack(_targets(train, level, classes)))
    own = np.column_stack([train.prepared.features, neighbours.left_out(taught_answers, seed)])
    theirs = np.column_stack([test.prepared.features, neighbours.seen_by_others(taught_answers, test.prepared)])
    examples = _examples(train, own, train.prepared.differences, level)
    each = replace(examples, features=own, groups=list(map(str, range(len(own)))))
    warm = fit(each, level or Level.two_way, version="evaluated", encoder=encoder, seed=seed)
    told = apply(warm, level, theirs, test.prepared.differences)
    put(found, told, rows)
    found.by_neighbours[rows] = True


def _targets(train: Labelled, level: Level | None, classes: Sequence[str]) -> list[Floats]:
    """What neighbours are asked for: whether they are of each of the first classes, and their marks."""
    targets = []
    if level is not None:
        own = [None if one is None else at(level, one) for one in train.labels]
        for name in classes[: _MOST_NEIGHBOUR_CLASSES if len(classes) > 2 else 1]:
            targets.append(np.array([np.nan if one is None else float(one == name) for one in own]))
    return [*targets, train.marks] if np.isfinite(train.marks).any() else targets


def put(found: Predicted, told: Predicted, rows: Ints) -> None:
    """Write *told* into the *rows* of *found*; a class that *told* does not know has probability 0."""
    for column, name in enumerate(found.classes):
        known = name in told.classes
        found.probabilities[rows, column] = told.probabilities[:, told.classes.index(name)] if known else 0.0
    for level, labels in told.chosen.items():
        for row, label in zip(rows, labels, strict=True):
            found.chosen[level][row] = label
    if found.marks is not None and told.marks is not None:
        found.marks[rows] = told.marks
    found.by_neighbours[rows] = told.by_neighbours


def cross_validate(
    data: Labelled,
    groups: Sequence[str],
    level: Level | None,
    classes: Sequence[str],
    predict: Callable[[Labelled, Labelled], Predicted],
    *,
    count: int,
    progress: Callable[[str, int, int], None],
) -> Predicted:
    """Each answer predicted by a model that has seen no answer of its group."""
    size = len(data.answers)
    has_marks = bool(np.isfinite(data.marks).any())
    found = Predicted(
        level,
        tuple(classes) if level else (),
        np.zeros((size, len(classes) if level else 0)),
        {one: [""] * size for one in Level} if level else {},
        np.zeros(size) if has_marks or level else None,
        np.zeros(size, dtype=bool),
    )
    splits = list(folds(np.array(groups, dtype=object).astype(str), count))
    for number, (train, test) in enumerate(splits, 1):
        put(found, predict(data.take(train), data.take(test)), test)
        progress("folds", number, len(splits))
    return found


def joint(sets: Sequence[Labelled], level: Level | None) -> Labelled:
    """Several sets as one to train on at *level*, each one's scores on its own scale, then 0..1.

    Beside a set with scores, one that has none teaches marks too: 1 for what is correct, else 0.
    """
    if len(sets) == 1:
        return sets[0]
    scored = [bool(np.isfinite(data.marks).any()) for data in sets]
    answers, guessed = [], []
    for data, has_scores in zip(sets, scored, strict=True):
        labels = taught(data.labels, level) if level else data.labels
        guesses = any(scored) and not has_scores
        marks = [_guessed(one) for one in labels] if guesses else data.marks.tolist()
        for one, mark, label in zip(data.answers, marks, labels, strict=True):
            answers.append(one.model_copy(update={"score": None if np.isnan(mark) else mark, "label": label}))
            guessed.append(guesses)
    return Labelled(answers, joined([data.prepared for data in sets]), 0.0, 1.0, np.array(guessed))


def _guessed(label: str | None) -> float:
    return float("nan") if label is None else float(at(Level.two_way, label) == CORRECT)
