"""Arrays as their own bytes: they come back as they were, and forged ones are refused."""

from __future__ import annotations

import json
import struct
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.judge.inside import arrays, values


def forged(described: Any, text: str = '{"a":0}', raw: bytes = b"") -> bytes:
    parts = [json.dumps(described).encode(), text.encode()]
    return b"\x01" + b"".join(struct.pack("!I", len(part)) + part for part in parts) + raw


@pytest.mark.parametrize(
    "value",
    [
        np.arange(6.0).reshape(2, 3), np.array([], "f4"), np.array(3), np.array([True, False]), np.zeros((0, 4)),
        np.arange(24).reshape(2, 3, 4)[:, ::2, ::-1], np.asfortranarray(np.eye(3)), np.array([1, -2], ">i2"),
        np.array([np.nan, np.inf, -0.0]), np.array([2**64 - 1], "u8"),
    ],
)  # fmt: skip
def test_an_array_comes_back_as_it_was(value: np.ndarray) -> None:
    back = arrays.decode(arrays.encode({"x": [value, (1, value)]}))
    for one in (back["x"][0], back["x"][1][1]):
        assert (one.shape, one.dtype) == (value.shape, value.dtype.newbyteorder("="))
        assert one.tobytes() == value.astype(value.dtype.newbyteorder("=")).tobytes()
        one[...] = 0  # it is the receiver's own


def test_scalars_of_numpys_cross_as_pythons() -> None:
    back = arrays.decode(arrays.encode([np.int64(3), np.float32(0.5), np.float64(0.1), np.bool_(True)]))
    assert [(type(one), one) for one in back] == [(int, 3), (float, 0.5), (float, 0.1), (bool, True)]


def test_plain_data_cross_as_ever() -> None:
    assert arrays.encode([1, {"a": (2,)}]) == values.encode([1, {"a": (2,)}])
    assert arrays.decode(values.encode({1: "x"})) == {1: "x"}


@pytest.mark.parametrize(
    "value",
    [
        np.array([object()]), np.array(["text"]), np.zeros(2, [("a", "f8")]), np.array([1j]), np.zeros(2, "f2"),
        np.array(["2026-01-01"], "M8[D]"), np.ma.masked_array([1.0], [True]), np.zeros(arrays.MAX_BYTES + 1, "u1"),
        np.longdouble(1), np.zeros((1,) * 9), [np.zeros(1)] * (arrays.MAX_ARRAYS + 1),
    ],
)  # fmt: skip
def test_other_arrays_are_refused_where_they_are_made(value: Any) -> None:
    with pytest.raises(values.NotPlainError):
        arrays.encode(value)


@pytest.mark.parametrize(
    "data",
    [
        forged([["O", [1]]], raw=b"\x00" * 8), forged([["f8", [2]]], raw=b"\x00" * 8), forged([["f8", [1]]]),
        forged([["f8", [1]]], raw=b"\x00" * 9), forged([["f8", [-1]]]), forged([["f8", [True]]], raw=b"\x00" * 8),
        forged([["f8", [2**20, 2**20]]]), forged([["f8", 3]]), forged([["f8"]]), forged({}), forged([[[], []]]),
        forged([["?", [1]]], raw=b"\x02"), forged([["f8", []]], '{"a":1}', b"\x00" * 8),
        forged([["f8", []]], '{"a":true}', b"\x00" * 8), forged([["f8", []]], "[", b"\x00" * 8), b"\x01", b"\x01\xff",
        b"\x01\xff\xff\xff\xff", b'{"a":0}', forged([["f8", [0, 2**62]]]), forged([["u1", [0]]] * 1001),
    ],
)  # fmt: skip
def test_forged_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(values.ValueFormatError):
        arrays.decode(data)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 59), st.binary(min_size=1, max_size=4))
def test_any_bytes_are_a_value_or_refused(data: bytes, at: int, change: bytes) -> None:
    sound = bytearray(arrays.encode([np.arange(3), np.array([True])]))
    sound[at : at + len(change)] = change
    for one in (b"\x01" + data, bytes(sound)):
        try:
            arrays.decode(one)
        except values.ValueFormatError:
            continue


def test_without_numpy_there_are_no_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    data = arrays.encode(np.zeros(2))
    monkeypatch.delitem(sys.modules, "numpy")
    with pytest.raises(values.ValueFormatError):
        arrays.decode(data)
    with pytest.raises(values.NotPlainError):
        arrays.encode([np.zeros(2)])
