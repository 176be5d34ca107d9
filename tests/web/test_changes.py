"""Diffs of files that were handed in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from greenroom.web.changes import Line, changed_lines

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "", "  d"]), max_size=30).map("\n".join)


def test_a_change_has_three_lines_around_it() -> None:
    before = "\n".join(map(str, range(12)))
    found = changed_lines(before, before.replace("6", "six"))
    assert [line.text for line in found if line.mark == " "] == ["3", "4", "5", "7", "8", "9"]
    assert [line for line in found if line.mark in "-+"] == [Line("-", "6"), Line("+", "six")]
    assert found[0] == Line("…", "")


def test_what_is_the_same_has_no_lines() -> None:
    assert changed_lines("a\nb\n", "a\nb\n") == []


def test_a_new_file_is_all_added() -> None:
    assert changed_lines("", "a\nb\n") == [Line("+", "a"), Line("+", "b")]


@given(TEXTS, TEXTS)
def test_what_went_and_what_came_are_lines_of_their_files(before: str, after: str) -> None:
    found = changed_lines(before, after)
    old, new = before.splitlines(), after.splitlines()
    assert len(new) - len(old) == sum(line.mark == "+" for line in found) - sum(line.mark == "-" for line in found)
    assert all(line.text in new for line in found if line.mark == "+")
    assert all(line.text in old for line in found if line.mark in "- ")
