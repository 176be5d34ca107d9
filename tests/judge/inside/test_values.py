from __future__ import annotations

import json
import math
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.judge.inside import values

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
hashable = st.recursive(scalars, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=4), max_leaves=8)
plain = st.recursive(
    hashable,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.tuples(inner)
        | st.sets(hashable, max_size=4)
        | st.dictionaries(hashable, inner, max_size=4)
    ),
    max_leaves=20,
)


def same_with_types(one: Any, other: Any) -> bool:
    return repr(type(one)) == repr(type(other)) and one == other


@settings(max_examples=80, deadline=None)
@given(plain)
def test_plain_data_comes_back_as_it_was(value: Any) -> None:
    assert same_with_types(values.decode(values.encode(value)), value)


@pytest.mark.parametrize(
    "value",
    [math.inf, -math.inf, 2**63, -(2**63) - 1, "\ud800", "\x00", b"\xff", (), {1: {2: (3,)}}],
)
def test_what_json_cannot_say_comes_back_too(value: Any) -> None:
    assert same_with_types(values.decode(values.encode(value)), value)


def test_integers_longer_than_python_prints_come_back_too() -> None:
    assert values.decode(values.encode([10**5000, -(10**5000)])) == [10**5000, -(10**5000)]


def test_nan_comes_back_as_nan() -> None:
    assert math.isnan(values.decode(values.encode([math.nan]))[0])


def test_booleans_in_long_lists_stay_booleans() -> None:
    back = values.decode(values.encode([True, 1, 1.0, 2**70, None]))
    assert [type(entry) for entry in back] == [bool, int, float, int, type(None)]


class Colour(IntEnum):
    red = 3


class Word(StrEnum):
    yes = "yes"


class Liar(dict[str, int]):
    def items(self) -> Any:
        return [("forged", 1)]

    def __iter__(self) -> Any:
        return iter(["forged"])


class FakeInt:
    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return int


Pair = namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    "value",
    [
        [(1, "a"), (2, "b")], [(1, 2**70)], [(1, 0.5), (2, math.inf)], [[1], [2, 3]], [(1, [2])], ((1,), (2,)), [()],
        {(1, 2): (3,), (4, 5): (6,)}, [[], ()], {"a": [1], "b": []}, [(True, 1)], {(1, 2)}, [{1: (2,)}],
        [[(1,)], [(2,)]],
    ],
)  # fmt: skip
def test_rows_and_tables_keep_their_types(value: Any) -> None:
    back = values.decode(values.encode(value))
    assert same_with_types(back, value)
    assert repr(back) == repr(value)


@pytest.mark.parametrize(
    ("value", "base"),
    [
        (Counter("aab"), {"a": 2, "b": 1}),
        (defaultdict(int, {"a": 1}), {"a": 1}),
        (OrderedDict([("a", 1)]), {"a": 1}),
        (Liar(true=5), {"true": 5}),
        (Colour.red, 3),
        (Word.yes, "yes"),
        (Pair(1, [2]), (1, [2])),
    ],
)
def test_subclasses_cross_as_their_base_and_cannot_answer_for_themselves(value: Any, base: Any) -> None:
    back = values.decode(values.encode(value))
    assert same_with_types(back, base)


@pytest.mark.parametrize(
    "value", [object(), deque([1]), bytearray(b"x"), 1j, range(3), FakeInt(), [{1: object()}], len]
)
def test_other_objects_are_refused_by_name(value: Any) -> None:
    with pytest.raises(values.NotPlainError, match="not plain data"):
        values.encode(value)


def test_a_metaclass_cannot_choose_the_name_that_is_shown() -> None:
    class Meta(type):
        @property
        def __name__(cls) -> str:  # type: ignore[override]
            return "forged"

    class Honest(metaclass=Meta):
        pass

    assert values.type_name(Honest()) == "Honest"


def test_keys_that_collide_are_refused_before_they_cost_quadratic_time() -> None:
    multiples = [number * (2**61 - 1) for number in range(1, 2000)]
    pairs = json.dumps({"d": [[{"i": hex(number)} for number in multiples], [0] * len(multiples)]}).encode()
    with pytest.raises(values.ValueFormatError, match="collide"):
        values.decode(pairs)
    with pytest.raises(values.ValueFormatError, match="collide"):
        values.decode(values.encode(set(multiples)))
    assert values.decode(values.encode(set(range(5000)))) == set(range(5000))


def test_structures_that_contain_themselves_are_refused() -> None:
    knot: list[Any] = []
    knot.append(knot)
    with pytest.raises(values.NotPlainError, match="contains itself"):
        values.encode(knot)


def test_structures_that_repeat_themselves_are_counted_with_repetition() -> None:
    bomb: list[Any] = ["ha"] * 10
    for _ in range(60):
        bomb = [bomb, bomb]
    with pytest.raises(values.NotPlainError, match="parts"):
        values.encode(bomb)


@pytest.mark.parametrize(
    "data",
    [
        b'{"d": {"ab": 1}}', b'{"d": "ab"}', b'{"d": ["ab"]}', b'{"d": ["ab", "cd"]}', b'{"d": [[1], []]}', b'{"r": 1}',
        b'{"r": [1]}', b'{"r": [[[1]]]}', b'{"r": [[{"t": []}]]}', b'{"t": {"q": []}}', b'{"s": {"r": [[[1]]]}}',
        b"", b"{", b"\xff", b"NaN", b"[Infinity]", b"{}", b'{"t": [], "s": []}', b'{"q": 1}', b'{"t": 5}',
        b'{"s": [[1]]}', b'{"d": [[1]]}', b'{"d": [[[1]], [2]]}', b'{"d": 3}', b'{"b": "zz"}', b'{"b": 3}',
        b'{"i": "x"}', b'{"i": []}',
        b'{"f": "1.0"}', b'{"f": []}', b"[" * 100_000, b'{"t":[' * 50_000, b"[" * 201 + b'{"t":[]}' + b"]" * 201,
        b"9" * 100_000, b'{"z": [{"d": [[], []]}]}',
    ],
)  # fmt: skip
def test_forged_bytes_raise_one_error_only(data: bytes) -> None:
    with pytest.raises(values.ValueFormatError):
        values.decode(data)


@settings(max_examples=80, deadline=None)
@given(
    st.recursive(
        scalars.filter(lambda v: not isinstance(v, bytes)),
        lambda s: st.lists(s) | st.dictionaries(st.sampled_from("tszdbifr"), s, max_size=2),
    )
)
def test_no_json_makes_the_decoder_raise_anything_else(tree: Any) -> None:
    try:
        values.decode(json.dumps(tree).encode())
    except values.ValueFormatError:
        return
