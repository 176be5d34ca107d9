"""A text as the scorer sees it: its words, and, with an encoder, the vectors of its tokens and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np

from greenroom.grading.encoder import Vectors
from greenroom.grading.sentences import sentences
from greenroom.grading.tokens import Tokens, Vocabulary
from greenroom.grading.words import FUNCTION_WORDS, content, stem, words

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MOST_TOKENS = 400


class Reading:
    """A text with what is needed to compare it; made once for each text.

    `vector` is None without an encoder. `sentence_vectors` has one row for each sentence; `tokens` go through
    the sentences in order, at most 400 of them.
    """

    def __init__(self, text: str, vocabulary: Vocabulary, tokens: Mapping[str, Tokens] | None = None) -> None:
        self.text = text
        self.weights = _weights(text, vocabulary)
        self.numbers = frozenset(_NUMBER.findall(text))
        self.vector: Vectors | None = None
        if tokens is not None:
            self._read(text, vocabulary, tokens)

    def _read(self, text: str, vocabulary: Vocabulary, tokens: Mapping[str, Tokens]) -> None:
        parts = [tokens[part] for part in parts_of(text)]
        self.vector = tokens[text].pooled
        self.sentence_vectors = np.array([part.pooled for part in parts]) if parts else self.vector[None]
        ids = np.concatenate([part.ids for part in parts])[:_MOST_TOKENS] if parts else tokens[text].ids
        vectors = np.concatenate([part.vectors for part in parts])[:_MOST_TOKENS] if parts else tokens[text].vectors
        self.token_weights = vocabulary.pieces(ids)
        telling = self.token_weights > 0
        self.token_weights = self.token_weights[telling]
        self.token_vectors = _unit(vectors[telling].astype(np.float32))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems that carry meaning."""
        return frozenset(self.weights)

    @cached_property
    def length(self) -> int:
        """How many words it has."""
        return len(words(self.text))


def parts_of(text: str) -> Sequence[str]:
    """The sentences that are read one by one; the text itself when it is a single one."""
    parts = sentences(text)
    return parts if len(parts) > 1 else (text,)


def texts_to_read(texts: Iterable[str]) -> list[str]:
    """Every text and every part of it, each once."""
    return list(dict.fromkeys(one for text in texts for one in (text, *parts_of(text))))


def _weights(text: str, vocabulary: Vocabulary) -> dict[str, float]:
    """The stems that carry meaning, single letters and digits among them, with their weight."""
    known = content(text)
    found: dict[str, float] = {}
    for word in words(text):
        short = stem(word)
        if short in known or (len(word) == 1 and word.isalnum() and word not in FUNCTION_WORDS):
            found[short] = max(found.get(short, 0.0), vocabulary.word(word))
    return found


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit
