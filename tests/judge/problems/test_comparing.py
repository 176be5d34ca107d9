"""The default output validator, as the package format specifies it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.bank.kattis.cases import Comparison
from greenroom.judge.problems.comparing import difference

PLAIN = Comparison()
CASE = Comparison(case_sensitive=True)
SPACE = Comparison(space_change_sensitive=True)
ABSOLUTE = Comparison(float_absolute_tolerance=0.1)
RELATIVE = Comparison(float_relative_tolerance=0.1)


@pytest.mark.parametrize(
    ("answer", "output", "how"),
    [
        ("a b\n", "a\tb", PLAIN),
        ("a b\n", " A  B \r\n", PLAIN),
        ("", "\n \v\f", PLAIN),
        ("1.0", "1.0", PLAIN),
        ("A", "A", CASE),
        ("a  b\n", "A  B\n", SPACE),
        ("10", "10.05", ABSOLUTE),
        ("1e1", "+9.95", ABSOLUTE),
        (".5", "0.5000", RELATIVE),
        ("-100", "-109.9", RELATIVE),
        ("0", "-0", ABSOLUTE),
        ("nan", "NaN", ABSOLUTE),
        ("inf", "Infinity", ABSOLUTE),
        ("word", "WORD", ABSOLUTE),
        ("\xe4", "\xe4", PLAIN),
    ],
)
def test_accepted(answer: str, output: str, how: Comparison) -> None:
    assert difference(answer.encode("latin-1"), output.encode("latin-1"), how) is None


@pytest.mark.parametrize(
    ("answer", "output", "how", "told"),
    [
        ("a b", "a c", PLAIN, "token 2 is 'c', expected 'b'"),
        ("a b", "a", PLAIN, "it ends before token 2, expected 'b'"),
        ("a", "a b", PLAIN, "more than the 1 tokens expected: 'b'"),
        ("1.0", "1", PLAIN, "token 1 is '1', expected '1.0'"),
        ("A", "a", CASE, "token 1 is 'a', expected 'A'"),
        ("a  b", "a b", SPACE, "token 2 is ' ', expected '  '"),
        ("a b\n", "a b", SPACE, "it ends before token 4"),
        ("10", "10.2", ABSOLUTE, "token 1"),
        ("10", "ten", ABSOLUTE, "token 1"),
        ("0", "0.0001", RELATIVE, "token 1"),
        ("1", "nan", ABSOLUTE, "token 1"),
        ("inf", "-inf", ABSOLUTE, "token 1"),
        ("1", "inf", RELATIVE, "token 1"),
        ("1", "0x1", ABSOLUTE, "token 1"),
        ("1", "1_0", ABSOLUTE, "token 1"),
        ("\xc4", "\xe4", PLAIN, "token 1"),
    ],
)
def test_rejected(answer: str, output: str, how: Comparison, told: str) -> None:
    found = difference(answer.encode("latin-1"), output.encode("latin-1"), how)

    assert found is not None
    assert found.startswith(told)


def test_a_tolerance_of_zero_still_reads_numbers() -> None:
    assert difference(b"1.0", b"1", Comparison(float_absolute_tolerance=0.0)) is None
    assert difference(b"1.0", b"1.0000001", Comparison(float_absolute_tolerance=0.0)) is not None


def test_what_is_told_is_short() -> None:
    found = difference(b"x" * 10_000, b"y" * 10_000, PLAIN)

    assert found is not None
    assert len(found) < 200


@given(st.lists(st.text(alphabet="abAB01.", min_size=1)), st.data())
def test_white_space_between_tokens_never_matters_by_default(tokens: list[str], data: st.DataObject) -> None:
    gap = st.text(alphabet=" \n\t\r\f\v", min_size=1, max_size=3)
    one = "".join(token + data.draw(gap) for token in tokens)
    other = data.draw(gap) + "".join(token + data.draw(gap) for token in tokens)

    assert difference(one.encode(), other.encode(), PLAIN) is None


@given(st.lists(st.text(alphabet="ab", min_size=1)), st.lists(st.text(alphabet="ab", min_size=1)))
def test_other_tokens_are_always_seen(wanted: list[str], given_: list[str]) -> None:
    found = difference(" ".join(wanted).encode(), " ".join(given_).encode(), CASE)

    assert (found is None) == (wanted == given_)
