"""Folds that share neither a question nor a candidate. Pure but for scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]
COUNT = 3


def crossed(questions: Sequence[str], candidates: Sequence[str], count: int = COUNT) -> Iterator[tuple[Ints, Ints]]:
    """Training and test rows: each row is tested once, by a fit that saw neither its question nor its candidate.

    GroupKFold by question and GroupKFold by candidate are crossed: the test part of a cell is one fold of both, and
    its training part is what is in neither. With one question alone, folds are by candidate; and the other way round.
    """
    by_question, by_candidate = fold_of(questions, count), fold_of(candidates, count)
    for left in np.unique(by_question):
        for right in np.unique(by_candidate):
            test = (by_question == left) & (by_candidate == right)
            train = np.ones(len(test), dtype=bool)
            for parts, own in ((by_question, left), (by_candidate, right)):
                train &= parts != own if len(np.unique(parts)) > 1 else True
            if test.any() and train.any() and not (train & test).any():
                yield np.flatnonzero(train), np.flatnonzero(test)


def fold_of(groups: Sequence[str], count: int) -> Ints:
    """The fold, from 0, in which each row is tested when rows of one group stay together."""
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415

    names = np.asarray(groups, dtype=object).astype(str)
    found = np.zeros(len(names), dtype=np.intp)
    distinct = len(np.unique(names))
    if distinct > 1:
        parts: Any = GroupKFold(n_splits=min(count, distinct)).split(names, groups=names)
        for number, (_, test) in enumerate(parts):
            found[test] = number
    return found
