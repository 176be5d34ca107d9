"""Typing errors are mended towards what was asked, and nothing else is touched."""

from __future__ import annotations

import pytest

from greenroom.grading.encoder import MiniLM
from greenroom.grading.scoring.spelling import known_words, mended, slips
from greenroom.grading.tokens import Vocabulary

KNOWN = known_words(["Why are the terminals separated?", "There is a gap in the electrical circuit."])


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return MiniLM().vocabulary()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("They are seperated.", "They are separated."),
        ("a termianls in the circut", "a terminals in the circuit"),
        ("an eletrcical gap", "an electrical gap"),
        ("They are separated.", "They are separated."),
        ("a circus and a gas", "a circus and a gas"),
        ("ZXQV flubber 12", "ZXQV flubber 12"),
        ("", ""),
    ],
)
def test_only_unknown_words_near_an_asked_one_are_mended(text: str, wanted: str, vocabulary: Vocabulary) -> None:
    assert mended(text, KNOWN, vocabulary) == wanted


def test_long_texts_are_left_alone(vocabulary: Vocabulary) -> None:
    text = "seperated " * 3000
    assert mended(text, KNOWN, vocabulary) == text


@pytest.mark.parametrize(
    ("word", "other", "count"),
    [("same", "same", 0), ("circut", "circuit", 1), ("teh", "the", 1), ("cat", "dog", 2), ("gaps", "gap", 1)],
)
def test_slips_are_letters_more_fewer_others_or_swapped(word: str, other: str, count: int) -> None:
    assert slips(word, other, 1) == count
