"""Answers made ready for a model: a row of numbers each, and what their likeness to each other needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from greenroom.grading.encoder import Vectors
from greenroom.grading.scoring.labelled import LabelledAnswer
from greenroom.grading.scoring.likeness import compare
from greenroom.grading.scoring.reading import Reading, texts_to_read
from greenroom.grading.tokens import Floats, Tokens, Vocabulary

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


class TokenEncoder(Protocol):
    """An encoder that also gives the vectors of single word pieces."""

    name: str

    def vocabulary(self) -> Vocabulary:
        """How much its words and word pieces tell."""
        ...

    def read(self, texts: Sequence[str]) -> Iterator[tuple[str, Tokens]]:
        """Each of *texts* with its tokens, in any order."""
        ...


@dataclass(frozen=True)
class Prepared:
    """One row for each answer. `differences` and `vectors` have no columns without an encoder."""

    features: Floats
    differences: Vectors
    vectors: Vectors
    texts: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]

    def __len__(self) -> int:
        return len(self.features)

    def take(self, rows: npt.NDArray[np.intp]) -> Prepared:
        """These rows alone."""
        return Prepared(
            self.features[rows],
            self.differences[rows],
            self.vectors[rows],
            tuple(self.texts[row] for row in rows),
            tuple(self.keys[row] for row in rows),
        )


def joined(parts: Sequence[Prepared]) -> Prepared:
    """Several sets as one, in order."""
    return Prepared(
        np.vstack([one.features for one in parts]),
        np.vstack([one.differences for one in parts]),
        np.vstack([one.vectors for one in parts]),
        tuple(text for one in parts for text in one.texts),
        tuple(key for one in parts for key in one.keys),
    )


def prepare(
    answers: Sequence[LabelledAnswer], encoder: TokenEncoder | None, progress: Progress = lambda *_: None
) -> Prepared:
    """Read every text once and compare each answer with its references."""
    texts = list(dict.fromkeys(text for one in answers for text in (one.answer, one.question, *one.references)))
    readings = dict(_readings(texts, encoder, progress))
    found = []
    for number, one in enumerate(answers, 1):
        references = [readings[reference] for reference in one.references]
        found.append(compare(readings[one.answer], readings[one.question], references))
        if number % 100 == 0 or number == len(answers):
            progress("comparing", number, len(answers))
    vectors = [readings[one.answer].vector for one in answers]
    return Prepared(
        np.array([one.features for one in found], dtype=float),
        np.array([one.difference for one in found], dtype=np.float32),
        np.array([[] if one is None else one for one in vectors], dtype=np.float32),
        tuple(one.answer for one in answers),
        tuple(one.key for one in answers),
    )


def _readings(texts: Sequence[str], encoder: TokenEncoder | None, progress: Progress) -> Iterator[tuple[str, Reading]]:
    if encoder is None:
        vocabulary = Vocabulary()
        yield from ((text, Reading(text, vocabulary)) for text in texts)
        return
    wanted = texts_to_read(texts)
    tokens: dict[str, Tokens] = {}
    for number, (text, one) in enumerate(encoder.read(wanted), 1):
        tokens[text] = one
        if number % 64 == 0 or number == len(wanted):
            progress("embedding", number, len(wanted))
    vocabulary = encoder.vocabulary()
    yield from ((text, Reading(text, vocabulary, tokens)) for text in texts)
