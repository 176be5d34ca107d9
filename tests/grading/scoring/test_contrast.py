"""What tells a contradiction from an agreement: opposites, negations, picks, roles, numbers, reversed references."""

from __future__ import annotations

import numpy as np
import pytest

from greenroom.grading.antonyms import opposed, opposite, pair_count
from greenroom.grading.scoring import contrast
from greenroom.grading.scoring.likeness import LEXICAL_NAMES, compare
from greenroom.grading.scoring.reading import Reading
from greenroom.grading.scoring.reversal import reversals
from greenroom.grading.tokens import Vocabulary


def features(answer: str, reference: str, question: str = "What happens?") -> dict[str, float]:
    own, asked, wanted = (Reading(text, Vocabulary()) for text in (answer, question, reference))
    values = contrast.features(own, asked, [wanted], 0)
    return dict(zip((*contrast.NAMES, *contrast.OVER_ALL), values, strict=True))


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("hotter", "colder"), ("higher", "lowest"), ("sinks", "floating"), ("biggest", "smaller"),
        ("heavier", "lighter"),
        ("darker", "lighter"), ("separated", "connected"), ("expands", "contracted"),
        ("slowly", "faster"), ("rose", "fell"),
        ("push", "pop"), ("encrypts", "decrypted"),
    ],
)  # fmt: skip
def test_opposites_are_known_in_any_form_and_both_ways(word: str, other: str) -> None:
    assert opposed(word, other)
    assert opposed(other, word)


@pytest.mark.parametrize(("word", "other"), [("dark", "heavy"), ("hot", "warmer"), ("stone", "water"), ("low", "low")])
def test_words_of_different_scales_or_of_one_side_are_no_opposites(word: str, other: str) -> None:
    assert not opposed(word, other)


def test_the_lexicon_is_large_and_opposites_have_the_form_of_the_word() -> None:
    assert pair_count() > 300
    assert [opposite(one) for one in ("lower", "harder", "easiest", "expanding", "sinks", "stone")] == [
        "higher", "softer", "hardest", "contracting", "floats", None,
    ]  # fmt: skip


def test_a_word_turned_round_counts_and_a_negation_turns_it_back() -> None:
    assert features("The pitch is lower.", "The pitch is higher.")["turned_net"] == 1
    assert features("The pitch is not lower.", "The pitch is higher.")["turned_net"] == -1
    assert features("The pitch is higher.", "The pitch is higher.")["turned"] == 0
    assert features("The pitch is higher.", "The pitch is higher.")["kept"] == 1


def test_a_negation_reaches_its_own_clause_and_no_further() -> None:
    assert dict(contrast.negated("not open but closed")) == {"not": False, "open": True, "but": False, "closed": False}
    near = features("The terminals are not connected.", "The terminals are connected.")
    far = features("It is not warm, but the terminals are connected.", "The terminals are connected.")
    assert near["polarity_clash"] > 0.4 > far["polarity_clash"]
    assert far["polarity_clash"] == 0


def test_roles_that_are_swapped_cross_and_those_that_are_kept_do_not() -> None:
    reference = "Quartz is harder than chalk."
    assert features("Chalk is harder than quartz.", reference)["crossed"] > 0
    assert features("Chalk is softer than quartz.", reference)["crossed"] <= 0
    assert features("Quartz is harder than chalk, I think.", reference)["crossed"] < 0
    assert features("Chalk is harder than quartz.", reference)["inverted"] > 0


@pytest.mark.parametrize(
    ("question", "reference", "answer", "clash"),
    [
        ("Is it heavier than, lighter than, or the same as B?", "The same.", "Lighter than B.", "choice_clash"),
        ("Can foil be used?", "Yes, foil is a metal.", "No, foil is paper.", "lead_other"),
        ("Whose method is better, Ann's or Bob's?", "Bob's. It is fair.", "Ann's. It is quick.", "lead_other"),
        ("Which box?", "A. It is black.", "B. It is black.", "lead_other"),
        ("How far?", "40 meters.", "It is 30 meters.", "number_clash"),
        ("How many?", "Two bulbs.", "There are 3 bulbs.", "number_clash"),
        ("Which bulb?", "Bulb C goes out.", "bulb b goes out", "names_clash"),
    ],
)
def test_another_pick_clashes_and_the_same_one_does_not(question: str, reference: str, answer: str, clash: str) -> None:
    assert features(answer, reference, question)[clash] == 1
    assert features(reference, reference, question)[clash] == 0


def test_an_article_is_no_name() -> None:
    assert features("A bulb is on.", "Bulb B is on.")["names_clash"] == 0


@pytest.mark.parametrize("text", ["", "?", "or", "A", "no not never", "x" * 2000, "more " * 300])
def test_odd_texts_have_finite_features(text: str) -> None:
    for answer, reference, question in ((text, "It is hot.", "Is it hot or cold?"), ("It is hot.", text or "?", text)):
        assert np.isfinite([*features(answer, reference, question).values()]).all()


def test_features_are_in_the_order_of_their_names() -> None:
    own, asked, wanted = (Reading(text, Vocabulary()) for text in ("It is lower.", "Why?", "It is higher."))
    found = dict(zip(LEXICAL_NAMES, compare(own, asked, [wanted]).features, strict=True))
    assert (found["turned"], found["least_turned_net"], found["number_clash"]) == (1, 1, 0)


def test_a_reference_is_turned_round_and_denied() -> None:
    assert reversals("The pitch is higher.") == ("The pitch is lower.", "The pitch is not higher.")
    assert reversals("They are not connected.") == ("They are not disconnected.", "They are  connected.")
    assert reversals("Rubber smells.") == ("Rubber smells.", "It is not true that Rubber smells.")
