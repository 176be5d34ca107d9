"""What a set's own labels mean: correct or not, and the three ways of SemEval-2013 task 7."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

CORRECT, CONTRADICTORY, INCORRECT = "correct", "contradictory", "incorrect"
NOT_CORRECT = "not_correct"
"""Of a set that does not tell contradictory answers apart: teaches `correct` or not, and nothing beyond."""

_CORRECT = {"correct", "right", "true", "1", "yes", "pass", "accepted", "fully_correct", "entailment"}
_CONTRADICTORY = {"contradictory", "contradiction", "contradicted", "contradicts"}
_PARTIAL = {"partially_correct", "partially_correct_incomplete", "partial", "partly_correct", "incomplete"}
_INCORRECT = {
    "incorrect", "wrong", "false", "0", "no", "fail", "rejected", "irrelevant", "non_domain", NOT_CORRECT,
}  # fmt: skip


class Level(StrEnum):
    """How finely answers are told apart: by the set's own labels, in three ways, or correct against the rest."""

    own = "own"
    three_way = "3-way"
    two_way = "2-way"


def normal(label: str) -> str:
    """A label in lower case, its words joined by `_`."""
    return re.sub(r"[\s\-_/]+", "_", label.strip().lower()).strip("_")


def is_known(label: str) -> bool:
    """Whether it is known what a normal *label* means; what is not known counts as not correct."""
    return label in _CORRECT | _CONTRADICTORY | _PARTIAL | _INCORRECT


def at(level: Level, label: str) -> str:
    """The class of a normal *label* at *level*. What is partly correct counts as incorrect, as in SemEval."""
    if level is Level.own:
        return CORRECT if label in _CORRECT else label
    if label in _CORRECT:
        return CORRECT
    if level is not Level.two_way and label == NOT_CORRECT:
        return NOT_CORRECT
    if level is Level.three_way and label in _CONTRADICTORY:
        return CONTRADICTORY
    return INCORRECT


def levels(found: Iterable[str]) -> list[Level]:
    """The levels that a set with the normal labels *found* can be measured at, finest first.

    Where two levels have the same classes it is the coarser one: that says what `incorrect` stands for.
    """
    labels = set(found)
    classes = {level: {at(level, one) for one in labels} for level in Level}
    result = []
    if classes[Level.own] not in (classes[Level.three_way], classes[Level.two_way]) and len(classes[Level.own]) > 1:
        result.append(Level.own)
    if classes[Level.three_way] == {CORRECT, CONTRADICTORY, INCORRECT}:
        result.append(Level.three_way)
    if classes[Level.two_way] == {CORRECT, INCORRECT}:
        result.append(Level.two_way)
    return result


def common_level(train: Iterable[str], test: Iterable[str]) -> Level | None:
    """The finest level of *test* whose classes all occur in *train*; None when there is none."""
    known, asked = set(train), set(test)
    possible = levels(asked) or ([Level.two_way] if {at(Level.two_way, one) for one in asked} else [])
    for level in possible:
        classes = {at(level, label) for label in known}
        if {at(level, label) for label in asked} <= classes and len(classes) > 1:
            return level
    return None


def shared_level(sets: Sequence[Iterable[str]]) -> Level:
    """The level of *sets* that are trained on together: their own when all have the same classes.

    Else in three ways when at least one set has contradictory answers (see `taught`), else in two.
    """
    own = [{at(Level.own, label) for label in labels} for labels in sets]
    if all(one == own[0] for one in own[1:]):
        return Level.own
    return Level.three_way if any(CONTRADICTORY in _three(one) for one in own) else Level.two_way


def taught(labels: Sequence[str | None], level: Level) -> list[str | None]:
    """The labels of one of several sets as they teach at *level*: one without contradictions teaches two ways only."""
    if level is Level.three_way and CONTRADICTORY not in _three(one for one in labels if one):
        return [one if one is None or at(Level.two_way, one) == CORRECT else NOT_CORRECT for one in labels]
    return list(labels)


def _three(found: Iterable[str]) -> set[str]:
    return {at(Level.three_way, one) for one in found}


def in_order(labels: Iterable[str]) -> list[str]:
    """Classes with `correct` first, then the commonest first."""
    counts: Mapping[str, int] = Counter(labels)
    return sorted(counts, key=lambda one: (one != CORRECT, -counts[one], one))
