"""What is doubted in a sentence that copies a phrasing, or an accepted answer, and what is harmless there."""

from __future__ import annotations

import pytest

from greenroom.bank.loader import core_pack_folder, load_item
from greenroom.grading.copies import Wanted, doubt
from greenroom.grading.good_answers import good_sentences
from greenroom.grading.synonyms import are_alike
from greenroom.grading.words import words

CLAIM = "The token is cut at its dots into a header, the claims and a signature."
LAYERS = "After the view the layers run from the bottom to the top."
WANTED = Wanted([CLAIM, "A computation blocks the event loop for everybody.", LAYERS])
OPPOSITE = "a copied claim with an opposite word in it"
NEGATED = "a copied claim with a negation more or less"
OTHER_WORD = "a copied claim with another word in it"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("split", "cut"),
        ("executes", "runs"),
        ("popularity", "popular"),
        ("60", "sixty"),
        ("servers", "backend"),
        ("tracking_code", "code"),
    ],
)
def test_words_are_alike(one: str, other: str) -> None:
    assert are_alike(one, other)
    assert are_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("speeds", "blocks"),
        ("server", "serverless"),
        ("encrypted", "encoded"),
        ("public", "private"),
        ("read", "write"),
    ],
)
def test_words_are_not_alike(one: str, other: str) -> None:
    assert not are_alike(one, other)
    assert not are_alike(other, one)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (CLAIM, None),
        (CLAIM.replace("cut", "split"), None),
        (CLAIM.replace("The token", "First the token"), None),
        (CLAIM.replace("signature", "password"), OTHER_WORD),
        (CLAIM.replace("The token", "The password"), OTHER_WORD),
        (CLAIM.replace("header", "cookie").replace("claims", "salt"), OTHER_WORD),
        ("A computation speeds up the event loop for everybody.", OTHER_WORD),
        (LAYERS.replace("layers run", "layers (their order is wrong) run"), None),
        (LAYERS.replace("layers run", "layers, which is wrong, run"), NEGATED),
        (f"The signature says that {LAYERS[0].lower()}{LAYERS[1:]}", None),
        (f"My friend says that {LAYERS[0].lower()}{LAYERS[1:]}", "a copied claim that is only reported"),
        ("Before the view the layers run from the top to the bottom.", OPPOSITE),
        ("A long computation blocks the event loop for everybody.", None),
        ("A header, two dots, and behind them what is claimed and signed: these make up such a token.", None),
    ],
)
def test_a_copy_must_be_whole(said: str, why: str | None) -> None:
    assert doubt(said, said, WANTED) == why


def test_a_sentence_that_copies_another_phrasing_as_it_is_is_not_doubted() -> None:
    said = CLAIM.replace("signature", "checksum")
    assert doubt(said, said, Wanted([CLAIM])) == OTHER_WORD
    assert doubt(said, said, Wanted([CLAIM, said])) is None


def test_a_copy_of_an_accepted_answer_must_be_whole_too() -> None:
    good = "so everybody else waits until the picture has been shrunk"
    wanted = Wanted(["Nobody is served meanwhile."], good=[words(good)])
    assert doubt(good, good, wanted) is None
    changed = good.replace("picture", "weather")
    assert doubt(changed, changed, wanted) == "a copied answer with another word in it"


def test_the_sentences_of_accepted_answers_are_read() -> None:
    folder = core_pack_folder()
    asked = load_item(folder / "items" / "fastapi" / "waiting-or-working", root=folder)
    found = good_sentences(asked)
    texts = [one.path.read_text(encoding="utf-8") for one in asked.submissions if one.sort == "accepted"]
    assert len(found) > 10
    assert all(any(" ".join(one[:3]) in " ".join(words(text)) for text in texts) for one in found)
    design = load_item(folder / "items" / "api-performance" / "the-neighbours-robot", root=folder)
    assert good_sentences(design)


BACK = "On the way out the response passes the same layers in reverse order."
REVERSE = Wanted([BACK, "The response passes the same layers in reverse order."])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("order reverse in layers same the passes response", "words of the claim in another order"),
        ("order reverse in layers same the, which is obvious", "words of the claim in another order"),
        ("The same layers are passed by the response, in reverse order.", None),
    ],
)
def test_nobody_answers_backwards(said: str, why: str | None) -> None:
    assert doubt(said, said, REVERSE) == why


def test_who_only_reports_a_claim_reports_every_phrasing_that_is_found_in_it() -> None:
    """The second phrasing has no `that` before it: `on the way out` stands between."""
    said = f"I seriously doubt that {BACK.lower()}"
    assert doubt(said, said, REVERSE) == "a copied claim that is only reported"
    assert doubt(BACK, BACK, REVERSE) is None


def test_a_sentence_of_an_accepted_answer_with_a_negation_more_is_doubted() -> None:
    good = "we give up the page numbers for a cursor"
    wanted = Wanted(["Nothing of this is near."], good=[words(good)])
    said = "we do not give up the page numbers for a cursor"
    assert doubt(said, said, wanted) == "a copied answer with a negation more or less"
    assert doubt(good, good, wanted) is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("JavaScript cannot read a cookie that is marked HttpOnly, nor copy the token in it.", None),
        (
            "JavaScript can read a cookie that is marked HttpOnly, and copy the token in it.",
            "a copied claim of another point, turned round",
        ),
    ],
)
def test_who_turns_another_point_round_says_nothing_for_this_one(said: str, why: str | None) -> None:
    other = "JavaScript cannot read a cookie that is marked HttpOnly, nor copy the token in it."
    wanted = Wanted(["Local storage can be read by any script of the page."], others=[other])
    assert doubt("copy the token in it", said, wanted) == why


KNOWN = Wanted(["The token is signed by the server with its private key before it is handed to the browser."])


def test_most_of_a_known_sentence_beside_words_of_ones_own_is_in_doubt() -> None:
    text = "The token is signed by the server with its private key while the moon stands over the valley."
    assert doubt(text, text, KNOWN) == "a copied sentence with words of its own in it"


def test_a_known_sentence_is_not_and_neither_is_one_of_ones_own() -> None:
    own = "Our backend puts a signature under the token, and only then does the client see it."
    for text in (KNOWN.phrasings[0], own):
        assert doubt(text, text, KNOWN) is None
