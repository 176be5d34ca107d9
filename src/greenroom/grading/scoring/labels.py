"""What a set's own labels mean: correct or not, and the three ways of SemEval-2013 task 7."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

CORRECT, CONTRADICTORY, INCORRECT = "correct", "contradictory", "incorrect"

_CORRECT = {"correct", "right", "true", "1", "yes", "pass", "accepted", "fully_correct", "entailment"}
_CONTRADICTORY = {"contradictory", "contradiction", "contradicted", "contradicts"}
_PARTIAL = {"partially_correct", "partially_correct_incomplete", "partial", "partly_correct", "incomplete"}
_INCORRECT = {
    "incorrect", "wrong", "false", "0", "no", "fail", "rejected", "irrelevant", "non_domain", "not_correct",
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
    if level is Level.three_way and label in _CONTRADICTORY:
        return CONTRADICTORY
    return INCORRECT


def levels(found: Iterable[str]) -> list[Level]:
    """The levels that a set with the normal labels *found* can be measured at, finest first.

    Levels at which the classes are the same as at a finer one are left out.
    """
    labels = set(found)
    result: list[Level] = []
    seen: list[set[str]] = []
    for level in (Level.own, Level.three_way, Level.two_way):
        classes = {at(level, label) for label in labels}
        possible = level is Level.own or CORRECT in classes
        if level is Level.three_way:
            possible = CONTRADICTORY in classes and INCORRECT in classes and CORRECT in classes
        if possible and len(classes) > 1 and classes not in seen:
            result.append(level)
            seen.append(classes)
    return result


def common_level(train: Iterable[str], test: Iterable[str]) -> Level | None:
    """The finest level at which every class of *test* occurs in *train*; None when there is none."""
    train, test = set(train), set(test)
    for level in (Level.own, Level.three_way, Level.two_way):
        taught, asked = ({at(level, label) for label in labels} for labels in (train, test))
        if asked <= taught and len(taught) > 1 and (level is Level.own or CORRECT in taught):
            return level
    return None


def shared_level(sets: Sequence[Iterable[str]]) -> Level:
    """The finest level at which all *sets* speak of the same classes: sets that are trained on together."""
    for level in (Level.own, Level.three_way):
        classes = [{at(level, label) for label in labels} for labels in sets]
        if all(one == classes[0] for one in classes[1:]):
            return level
    return Level.two_way


def in_order(labels: Iterable[str]) -> list[str]:
    """Classes with `correct` first, then the commonest first."""
    counts: Mapping[str, int] = Counter(labels)
    return sorted(counts, key=lambda one: (one != CORRECT, -counts[one], one))
