"""What tells who wrote a text is taken out of it, and terms that few used are masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.grading.intake.scrubbing import FEWEST_CANDIDATES, mask, scrub, shared_terms, terms

PERSONAL = {
    "e-mail": ["ada@example.org", "Ada.Lovelace+jobs@mail.example.co.uk"],
    "link": ["https://example.org/~ada?x=1", "www.ada.example", "ftp://ada.example/cv.pdf"],
    "phone": ["+49 151 23456789", "030 1234567", "(030) 123 45 67", "+1 (555) 123-4567", "555-123-4567"],
    "address": ["192.0.2.17"],
    "number": ["4111 1111 1111 1111", "1234567", "DE44500105175407324931"],
}


@pytest.mark.parametrize(("sort", "text"), [(sort, text) for sort, texts in PERSONAL.items() for text in texts])
def test_what_looks_personal_is_replaced_by_its_sort(sort: str, text: str) -> None:
    found = scrub(f"Write to {text}, please.")
    assert f"[{sort}]" in found.text
    assert text not in found.text
    assert not any(part in found.text for part in text.split() if len(part) >= 4)
    assert found.replaced[sort] == 1


@pytest.mark.parametrize(
    "text",
    [
        "a p99 of 250 ms at 1,200 requests/s", "10000000 rows", "the mask 11111111", "version 3.11.2",
        "HTTP 404, not 503",
        "2026-11-29", "0.5 to 0.75", "5 x 100 = 500", "port 65536 is too high", "f(x) = 3 * x - 17",
    ],
)  # fmt: skip
def test_figures_of_an_answer_stay(text: str) -> None:
    assert scrub(text).text == text


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("I am Ada Lovelace.", "I am [name]."),
        ("ADA says", "[name] says"),
        ("Lovelace, Ada", "[name], [name]"),
        ("ada_lovelace wrote it", "[name] wrote it"),
        ("an adaptive rate", "an adaptive rate"),
        ("It is Ada's.", "It is [name]'s."),
    ],
)
def test_the_names_of_an_account_are_replaced_as_words(text: str, scrubbed: str) -> None:
    assert scrub(text, ["Ada Lovelace", "ada"]).text == scrubbed


def test_a_name_that_is_a_word_stands_for_the_name_only_as_a_name() -> None:
    assert scrub("the cache will mark it; Will said so", ["Will Mark"]).text == "the cache will mark it; [name] said so"


def test_characters_that_are_not_seen_hide_nothing() -> None:
    assert scrub("a\u200bda@exam\u200dple.org").text == "[e-mail]"
    assert scrub("ａｄａ＠example.org").text == "[e-mail]"


@pytest.mark.parametrize(
    "part", ["0123456789" * 7 + "x ", "0 " * 40, "a." * 60 + "@", "1.1" * 30, "a'" * 50, "+1 (0)" * 20]
)
def test_a_text_that_is_made_to_take_long_does_not(part: str) -> None:
    text = part * (50_000 // len(part))
    mask(scrub(text, ["Ada Lovelace"]).text, frozenset())


def test_a_term_is_known_from_the_fifth_candidate_on() -> None:
    texts = [(f"candidate {number}", "the quokka cache") for number in range(FEWEST_CANDIDATES)]
    assert "quokka" in shared_terms(texts)
    assert "quokka" not in shared_terms(texts[1:])
    # One candidate who says it often is one candidate.
    assert "quokka" not in shared_terms([*texts[1:], *texts[1:], texts[1]])


def test_a_text_that_is_nobodys_makes_its_terms_known() -> None:
    known = shared_terms([(None, "A refresh token is spent."), ("one", "my Zanzibar token")])
    assert mask("The Zanzibar token is spent, [name].", known) == "The [term] token is spent, [name]."


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.text(max_size=40)), max_size=20), st.text(max_size=60))
def test_a_masked_text_has_only_known_terms(texts: list[tuple[str, str]], text: str) -> None:
    known = shared_terms(texts)
    assert terms(mask(text, known)) <= known | {"term"}
    users = {term: {who for who, said in texts if term in terms(said)} for term in known}
    from greenroom.grading.words import FUNCTION_WORDS, NEGATIONS

    assert all(len(by) >= FEWEST_CANDIDATES for term, by in users.items() if term not in FUNCTION_WORDS | NEGATIONS)
