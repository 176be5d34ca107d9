"""Values with numpy arrays in them: what `values` takes as JSON, and behind it the arrays' own bytes, never pickles.

A value without arrays is as `values` writes it. One with arrays is

    0x01, length of the description (4 bytes, big-endian), the description, length of the value, the value, the arrays

The description is a JSON list of [dtype, shape]; the arrays are C-ordered, little-endian and lie side by side, and the
value refers to each by its number, {"a": 0}. Scalars of numpy's cross as Python's own.

numpy is not imported here: where it is not loaded there are no arrays, and bytes that announce some are refused.
"""

from __future__ import annotations

import json
import math
import struct
import sys

from . import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DTYPES = ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8")
"""What an array may hold: numbers and truth values of a fixed size. No objects, no texts, no records."""

MAX_BYTES = 32 * 1024 * 1024
"""Bytes of all arrays of one value at most."""

MAX_DIMENSIONS = 8
MAX_ARRAYS = 1000

_MARK = b"\x01"
_LENGTH = struct.Struct("!I")


def encode(value: object) -> bytes:
    """*value* as bytes, its arrays too. Raises NotPlainError with a reason that is fit to be shown."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return values.encode(value)
    encoder = _Encoder(numpy)
    try:
        text = encoder.written(value)
    except RecursionError:
        raise values.NotPlainError("a value that is nested too deeply") from None
    if not encoder.raw:
        return text
    described = json.dumps(encoder.described).encode("ascii")
    return b"".join((_MARK, _LENGTH.pack(len(described)), described, _LENGTH.pack(len(text)), text, *encoder.raw))


class _Encoder(values.Encoder):
    def __init__(self, numpy: Any) -> None:
        super().__init__()
        self.numpy = numpy
        self.described: list[tuple[str, list[int]]] = []
        self.raw: list[bytes] = []
        self.bytes_left = MAX_BYTES

    def other(self, value: Any, depth: int) -> Any:
        """An array by its number, a scalar of numpy's as Python's own."""
        if type(value) is self.numpy.ndarray:
            return {"a": self.array(value)}
        if isinstance(value, self.numpy.generic) and value.dtype.str[1:] in _NAMES:
            return self.plain(value.item(), depth)
        return super().other(value, depth)

    def array(self, value: Any) -> int:
        """The number under which *value* is sent along."""
        name = value.dtype.str.lstrip("<>|=").replace("b1", "?")
        if name not in DTYPES:
            raise values.NotPlainError(f"an array of dtype {str(value.dtype)[:40]}; numbers and truth values can cross")
        self.bytes_left -= value.nbytes
        if self.bytes_left < 0 or value.ndim > MAX_DIMENSIONS or len(self.raw) == MAX_ARRAYS:
            raise values.NotPlainError(
                f"more than {MAX_BYTES >> 20} MB in arrays, {MAX_ARRAYS} arrays or {MAX_DIMENSIONS} dimensions"
            )
        self.described.append((name, [*value.shape]))
        self.raw.append(value.astype(value.dtype.newbyteorder("<"), copy=False).tobytes())
        return len(self.raw) - 1


_NAMES = frozenset(name.replace("?", "b1") for name in DTYPES)


def decode(data: bytes) -> Any:
    """The value in *data*; its arrays are its own, and can be written. Raises ValueFormatError and nothing else."""
    if data[:1] != _MARK:
        return values.decode(data)
    numpy = sys.modules.get("numpy")
    if numpy is None:
        raise values.ValueFormatError("arrays where there are none")
    try:
        described, at = _cut(data, len(_MARK))
        text, at = _cut(data, at)
        parts = []
        for name, shape in _checked(json.loads(described)):
            count = math.prod(shape)
            part = numpy.frombuffer(data, name.replace("?", "u1"), count, at).reshape(shape)
            at += part.nbytes
            parts.append(_truths(numpy, part) if name == "?" else part.copy())
        if at != len(data):
            raise values.ValueFormatError("more bytes than the arrays have")
    except values.ValueFormatError:
        raise
    except (ValueError, TypeError, RecursionError, OverflowError, MemoryError, struct.error) as error:
        raise values.ValueFormatError(f"not an encoded value: {type(error).__name__}") from None
    return values.decode(text, parts)


def _cut(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = _LENGTH.unpack_from(data, at)
    begin = at + _LENGTH.size
    if begin + length > len(data):
        raise values.ValueFormatError("a part is missing")
    return data[begin : begin + length], begin + length


def _checked(described: Any) -> list[tuple[str, list[int]]]:
    """The arrays as they are announced, of dtypes that may cross, and not too large together."""
    if type(described) is not list or len(described) > MAX_ARRAYS:
        raise values.ValueFormatError("arrays that are not described")
    left = MAX_BYTES
    for name, shape in described:
        if type(name) is not str or name not in DTYPES or type(shape) is not list or len(shape) > MAX_DIMENSIONS:
            raise values.ValueFormatError("an array that cannot cross")
        if any(type(length) is not int or not 0 <= length <= MAX_BYTES for length in shape):
            raise values.ValueFormatError("a shape that cannot be")
        left -= math.prod(shape) * int(name[1:] or 1)
        if left < 0:
            raise values.ValueFormatError("arrays that are too large")
    return described


def _truths(numpy: Any, part: Any) -> Any:
    """Truth values from bytes, of which only 0 and 1 are any: numpy would take others and compute with them."""
    if part.size and part.max() > 1:
        raise values.ValueFormatError("truth values other than 0 and 1")
    return part.astype(numpy.bool_)
