"""A batch: what is taken, what is quarantined and why, and when the whole of it cannot be learned from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.grading.intake.duplicates import near_pairs, trigrams
from greenroom.grading.intake.errors import ContractBroken
from greenroom.grading.intake.rules import Contract, Erasure, check, masked, outstanding
from greenroom.grading.intake.schemas import Found, Subject

NOW = datetime(2026, 1, 1, tzinfo=UTC)
POINT: dict[str, Any] = {
    "item": "why-stateless",
    "item_version": 2,
    "point": "scale",
    "answer": "yes",
    "state": "present",
}
ANSWER: dict[str, Any] = {
    "question_id": "q1", "question": "Why?", "references": ["Because."], "answer": "So.", "label": "Correct",
}  # fmt: skip


def found(values: dict[str, Any], place: str = "here", subject: Subject | None = None) -> Found:
    return Found("file", place, values, subject=subject)


def subject(name: str, *names: str) -> Subject:
    return Subject(name, b"k" * 32, 1, NOW, names)


def reason(values: dict[str, Any]) -> str:
    checked = check([found(values)])
    assert checked.taken == ()
    return checked.quarantined[0].reason


def test_good_rows_of_both_sorts_are_taken() -> None:
    checked = check([found(POINT), found(ANSWER), found({**ANSWER, "answer": "No.", "label": None, "score": 2.5})])
    assert [one.row.sort for one in checked.taken] == ["point", "answer", "answer"]
    assert (checked.read, checked.quarantined, checked.problems) == (3, (), ())
    assert checked.taken[1].row.decision == "correct"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**POINT, "teacher": "x"}, "unknown column 'teacher'"),
        ({**POINT, "state": "unsure"}, "state: "),
        ({**POINT, "item_version": 0}, "item_version: "),
        ({**POINT, "item_version": True}, "item_version: "),
        ({**POINT, "answer": "x" * 50_001}, "answer: "),
        ({**POINT, "answer": 5}, "answer: "),
        ({**POINT, "point": "p", "question_id": "q"}, "unknown column"),
        ({**ANSWER, "label": None}, "neither label nor score"),
        ({**ANSWER, "references": []}, "references: "),
        ({**ANSWER, "score": float("nan")}, "score: "),
        ({**ANSWER, "score": True}, "score: "),
        ({**ANSWER, "score": 101}, "score: 101 is not within 0 and 100"),
        ({**ANSWER, "score": -1}, "score: -1 is not within 0 and 100"),
        ({"text": "x"}, "no column `question_id`"),
        ({}, "no column `question_id`"),
    ],
)
def test_a_bad_row_is_quarantined_with_its_reason(values: dict[str, Any], said: str) -> None:
    assert said in reason(values)


def test_a_reason_never_quotes_what_somebody_wrote() -> None:
    for name in ("state", "item_version", "answer"):
        assert "zanzibar" not in reason({**POINT, name: {"zanzibar": "zanzibar"}})


def test_what_is_quarantined_is_scrubbed_too() -> None:
    values = {**POINT, "state": "?", "answer": "I am Ada, ada@example.org"}
    (kept,) = check([found(values, subject=subject("s", "Ada"))]).quarantined
    assert kept.values["answer"] == "I am [name], [e-mail]"


def test_the_same_answer_is_taken_once_and_a_contradiction_never() -> None:
    rows = [found(POINT, "a"), found({**POINT, "answer": " YES "}, "b"), found({**POINT, "item_version": 3}, "c")]
    checked = check(rows)
    assert [one.place for one in checked.taken] == ["a"]
    assert [one.reason for one in checked.quarantined] == ["the same as a"] * 2
    checked = check([*rows, found({**POINT, "state": "absent"}, "d")])
    assert checked.taken == ()
    assert {one.reason for one in checked.quarantined} == {"the same answer is decided in different ways"}


def test_two_candidates_may_say_the_same_and_one_only_once() -> None:
    ada, bob = subject("ada"), subject("bob")
    checked = check([found(POINT, "1", ada), found(POINT, "2", ada), found(POINT, "3", bob)])
    assert [one.place for one in checked.taken] == ["1", "3"]
    assert [one.reason for one in checked.quarantined] == ["the same as a candidate's"]
    checked = check([found(POINT, "1", ada), found(POINT, "2")])
    assert [one.place for one in checked.taken] == ["2"]


def many(count: int, **changes: Any) -> list[Found]:
    states = ("present", "absent")
    return [
        found(
            {**POINT, "answer": f"{number} {hash(number) * 7919} words", "state": states[number % 2], **changes},
            str(number),
        )
        for number in range(count)
    ]


LONG = "the same long sentence over and over again, but for "
UNLABELLED = {name: value for name, value in ANSWER.items() if name != "label"}


def halves(number: int, **values: Any) -> Found:
    return found({**POINT, **values, "state": ("present", "absent")[number % 2]})


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "no row was taken"),
        ([found({})], "no row was taken"),
        (many(60, state="present"), "60 of 60 point rows are 'present'"),
        ([*many(30), *[found({**POINT, "bad": number}) for number in range(31)]], "31 of 61 rows are quarantined"),
        ([*many(50), *many(20, answer="", point="p1")], None),
        ([halves(n, point=f"p{n}", answer="") for n in range(60)], "60 of 60 answers are empty"),
        ([halves(n, answer=LONG + "x" * (n // 9), item=f"i{n % 9}") for n in range(90)], "nearly the same"),
        ([found({**UNLABELLED, "score": 1, "answer": f"number {n}"}) for n in range(60)], "all scores are the same"),
    ],
)  # fmt: skip
def test_the_batch_as_a_whole_has_a_contract(rows: list[Found], said: str | None) -> None:
    problems = check(rows).problems
    assert any(said in one for one in problems) if said is not None else problems == ()


def test_too_many_rows_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(ContractBroken, match="3 rows are more than the 2 of a batch"):
        check(many(3), Contract(most_rows=2))


_values = st.dictionaries(
    st.sampled_from([*POINT, *ANSWER, "score", "other"]),
    st.one_of(st.none(), st.integers(-5, 5), st.floats(), st.text(max_size=8), st.sampled_from(["present", "absent"])),
)
_rows = st.builds(
    lambda values, base, who: found({**base, **values}, "somewhere", subject(who) if who else None),
    _values,
    st.sampled_from([{}, POINT, ANSWER]),
    st.sampled_from(["", "ada", "bob"]),
)


@given(st.lists(_rows, max_size=30))
def test_nothing_is_dropped_silently(rows: list[Found]) -> None:
    checked = check(rows)
    assert checked.read == len(rows) == len(checked.taken) + len(checked.quarantined)
    assert all(one.reason for one in checked.quarantined)


@given(st.lists(st.text("abc ", max_size=30), max_size=12))
def test_near_pairs_are_those_of_a_plain_comparison(texts: list[str]) -> None:
    sets = [trigrams(text) for text in texts]
    plain = {
        (left, right)
        for left, right in combinations(range(len(texts)), 2)
        if len(sets[left] & sets[right]) >= 0.9 * len(sets[left] | sets[right])
    }
    assert set(near_pairs(texts)) == plain


def test_terms_of_few_candidates_are_masked_and_public_rows_are_not() -> None:
    said = {**POINT, "answer": "my quokka scales"}
    rows = [found({**POINT, "answer": "A wombat scales."}), *(found(said, str(n), subject(f"s{n}")) for n in range(4))]
    taken, changed = masked(check(rows).taken, ["my"])
    assert changed == 4
    assert [one.row.answer for one in taken] == ["A wombat scales.", *["my [term] scales"] * 4]
    taken, changed = masked(check([*rows, found(said, "5", subject("s5"))]).taken, [])
    assert changed == 0


def test_models_that_know_erased_rows_are_listed_with_the_earliest_date() -> None:
    soon, later = NOW + timedelta(days=1), NOW + timedelta(days=9)
    erased = [
        Erasure("ada", "withdrawn", NOW, later, ("s1", "s2")),
        Erasure("bob", "account-deleted", NOW, soon, ("s2",)),
        Erasure("eve", "withdrawn", NOW, None, ()),
    ]
    listed = outstanding(erased, [("m1", "s1"), ("m2", "s2"), ("m3", "s3")])
    assert [(one.model, one.retrain_by, one.subjects) for one in listed] == [
        ("m2", soon, ("ada", "bob")),
        ("m1", later, ("ada",)),
    ]
