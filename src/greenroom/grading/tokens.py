"""Word pieces with their vectors, and how much a word or a piece tells."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from greenroom.grading.words import FUNCTION_WORDS

Floats = npt.NDArray[np.float64]
Vectors = npt.NDArray[np.float32]

_FIRST_WORD = 1996
"""Below this id the encoder's vocabulary holds marks and single characters; from it on words, the commonest first."""
_LAST_WORD = 30522
_CHARACTER_WEIGHT = 0.5


@dataclass(frozen=True)
class Tokens:
    """A text's word pieces, without the marks at both ends: their ids, one vector of unit length each, and the mean."""

    ids: npt.NDArray[np.int32]
    vectors: npt.NDArray[np.float16]
    pooled: Vectors


@dataclass(frozen=True)
class Vocabulary:
    """How much a word or a word piece tells, 0..1, from its rank in the encoder's vocabulary.

    WordPiece vocabularies are ordered by frequency, and by Zipf's law the logarithm of the rank is an inverse document
    frequency up to a constant. No labelled or unlabelled answers enter it, so no fold can leak into another.
    """

    rank: Callable[[str], int | None] = field(default=lambda _: None)
    piece: Callable[[int], str | None] = field(default=lambda _: None)

    def word(self, word: str) -> float:
        """The weight of a whole word; 1 for one that the vocabulary does not know."""
        if word in FUNCTION_WORDS:
            return 0.1
        rank = self.rank(word)
        return 1.0 if rank is None else rank_weight(rank) if rank >= _FIRST_WORD else _CHARACTER_WEIGHT

    def pieces(self, ids: Iterable[int]) -> Floats:
        """The weight of each word piece: 0 for marks, little for function words, 1 for the rarest."""
        return np.array([self._piece(int(one)) for one in ids], dtype=float)

    def _piece(self, number: int) -> float:
        text = self.piece(number) or ""
        if not any(char.isalnum() for char in text):
            return 0.0
        if text in FUNCTION_WORDS:
            return 0.1
        return _CHARACTER_WEIGHT if number < _FIRST_WORD else rank_weight(number)


def rank_weight(rank: int) -> float:
    """The weight 0..1 of the word at *rank* of the vocabulary."""
    return math.log1p(max(rank - _FIRST_WORD + 1, 0)) / math.log1p(_LAST_WORD - _FIRST_WORD)
