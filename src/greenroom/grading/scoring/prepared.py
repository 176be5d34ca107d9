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
from greenroom.grading.scoring.reversal import reversals
from greenroom.grading.scoring.spelling import known_words, mended
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
    """One row for each answer. `differences` and `vectors` have no columns without an encoder.

    `texts` are the answers as they were read: without typing errors where there is an encoder, whose vocabulary says
    what is one.
    """

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
    told = [one.answer for one in answers] if encoder is None else _mended(answers, encoder.vocabulary())
    references = dict.fromkeys(text for one in answers for text in one.references)
    against = {text: reversals(text) for text in references} if encoder else {}
    texts = [*told, *(one.question for one in answers), *references]
    texts += [text for both in against.values() for text in both]
    readings = dict(_readings(list(dict.fromkeys(texts)), encoder, progress))
    found = []
    for number, (one, text) in enumerate(zip(answers, told, strict=True), 1):
        own = [readings[reference] for reference in one.references]
        reversed_ones = [[readings[other] for other in against.get(reference, ())] for reference in one.references]
        found.append(compare(readings[text], readings[one.question], own, reversed_ones))
        if number % 100 == 0 or number == len(answers):
            progress("comparing", number, len(answers))
    vectors = [readings[text].vector for text in told]
    return Prepared(
        np.array([one.features for one in found], dtype=float),
        np.array([one.difference for one in found], dtype=np.float32),
        np.array([[] if one is None else one for one in vectors], dtype=np.float32),
        tuple(told),
        tuple(one.key for one in answers),
    )


def _mended(answers: Sequence[LabelledAnswer], vocabulary: Vocabulary) -> list[str]:
    """The answers without typing errors in the words of their questions and references."""
    known = {key: known_words(key) for key in {(one.question, *one.references) for one in answers}}
    return [mended(one.answer, known[one.question, *one.references], vocabulary) for one in answers]


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
