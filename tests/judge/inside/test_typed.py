from __future__ import annotations

from typing import Any

import pytest

from greenroom.judge.inside import typed
from greenroom.judge.signature import TypeSyntaxError, parse_type


@pytest.mark.parametrize(
    "text",
    [
        "int",
        "list[int]",
        "tuple[int, str]",
        "tuple[int, ...]",
        "dict[str, list[float]]",
        "set[tuple[int, int]]",
        "int | None",
        "list[int | str] | None",
        "frozenset[bytes]",
    ],
)
def test_types_are_described_as_they_were_written(text: str) -> None:
    assert typed.describe(parse_type(text)) == text


@pytest.mark.parametrize(
    "text", ["", "int,", "Foo", "list[int, int]", "dict[int]", "1", "list[", "__import__('os')", "int or str"]
)
def test_what_is_not_a_type_is_refused(text: str) -> None:
    with pytest.raises(TypeSyntaxError):
        parse_type(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "int"),
        (True, "bool"),
        (None, "None"),
        ([1, 2], "list[int]"),
        ((1, "a"), "tuple[int, str]"),
        ([], "list[int]"),
        ({1: [2.5]}, "dict[int, list[float]]"),
        ({(1, 2)}, "set[tuple[int, int]]"),
        (None, "int | None"),
        ([[1]], "list"),
        ((), "tuple[int, ...]"),
        ({"a": object}, "dict"),
        ("x", "Any"),
    ],
)
def test_a_value_of_the_declared_type_passes_unchanged(value: Any, text: str) -> None:
    assert typed.check(value, parse_type(text)) == value


@pytest.mark.parametrize(
    ("value", "text", "message"),
    [
        (True, "int", "bool"),
        (1, "bool", "int"),
        (1.0, "int", "float"),
        ("1", "int", "str"),
        ([1], "tuple[int]", "list"),
        ((1, 2), "list[int]", "tuple"),
        ([1, True], "list[int]", r"\[1\] is bool"),
        ((1, 2, 3), "tuple[int, int]", "tuple of 3"),
        ({1: "a"}, "dict[int, int]", "str"),
        ({"a": 1}, "dict[int, int]", "key"),
        (frozenset(), "set[int]", "frozenset"),
        (None, "int", "NoneType"),
        (1.5, "int | None", "float"),
        ([[1], [2, "x"]], "list[list[int]]", r"\[1\]\[1\] is str"),
    ],
)
def test_another_type_is_named_with_its_place(value: Any, text: str, message: str) -> None:
    with pytest.raises(typed.MismatchError, match=message):
        typed.check(value, parse_type(text))


@pytest.mark.parametrize(
    ("value", "text", "made"),
    [
        ([1, 2], "tuple[int, int]", (1, 2)),
        ([1, 1], "set[int]", {1}),
        ([[1, 2]], "set[tuple[int, int]]", {(1, 2)}),
        (3, "float", 3.0),
        ({"a": [1]}, "dict[str, tuple[int, ...]]", {"a": (1,)}),
        ("ab", "bytes", b"ab"),
        ([[1, 2]], "list[tuple[int, int]] | None", [(1, 2)]),
        ((1, 2), "list[int]", [1, 2]),
        (3, "int | float", 3),
        (3, "float | None", 3.0),
        ([3], "list[float]", [3.0]),
    ],
)
def test_what_authors_write_becomes_what_they_declared(value: Any, text: str, made: Any) -> None:
    found = typed.coerce(value, parse_type(text))
    assert found == made
    assert type(found) is type(made)


def test_an_int_is_fine_where_a_float_is_declared_and_becomes_one() -> None:
    found = typed.check([1, 2.5], parse_type("list[float]"))
    assert [type(entry) for entry in found] == [float, float]


def test_an_int_that_no_float_can_hold_stays() -> None:
    assert typed.check(10**400, parse_type("float")) == 10**400
