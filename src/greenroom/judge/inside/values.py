"""Values as data: plain Python data to tagged JSON and back, never pickles.

JSON's own `null`, booleans, strings, arrays (lists), 64-bit integers and finite numbers stand for themselves; whatever
JSON cannot say is an object with exactly one key, its tag:

    {"t": […]} tuple    {"s": […]} set         {"z": […]} frozenset    {"d": [[key, …], [value, …]]} dict
    {"b": hex} bytes    {"i": hex} larger int  {"f": "nan|inf|-inf"} float
    {"r": [[…], …]} a list of tuples of scalars, which is so common and so long that it has a tag of its own
    {"a": number} the part of that number, which came beside the JSON (`arrays.py`); nowhere else is there one

The encoder runs in the candidate's process on whatever the candidate returned. It looks only through C-level accessors
of the built-in bases (`dict.items(x)`, `list.__iter__(x)`), so a subclass cannot answer differently here than it is;
depth and the number of parts are capped, which also ends structures that contain or repeat themselves. The decoder runs
in the examiner on bytes that may be forged, and raises nothing but `ValueFormatError`.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from itertools import chain, islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

MAX_DEPTH = 200
"""Containers inside containers at most."""

MAX_COLLISIONS = 1000
"""Keys of one dict or set with the same hash at most: more would make it take quadratic time to build."""

MAX_PARTS = 5_000_000
"""Values at most, counted with repetition."""

_INT64 = 1 << 63
_SCALARS = frozenset({int, float, str, bool, type(None)})
_NESTED = frozenset({dict, list})
_ROWS = frozenset({list, tuple})
_TYPE_NAME = type.__dict__["__name__"]


class NotPlainError(ValueError):
    """The value cannot cross: it is not plain data, or it is nested too deeply, or too large."""


class ValueFormatError(ValueError):
    """The bytes are not an encoded value."""


def encode(value: object) -> bytes:
    """*value* as bytes. Raises NotPlainError with a reason that is fit to be shown."""
    try:
        return Encoder().written(value)
    except RecursionError:
        raise NotPlainError("a value that is nested too deeply") from None


def type_name(value: object) -> str:
    """The class name of *value*, past any metaclass that would say something else; 80 characters at most."""
    return str(_TYPE_NAME.__get__(type(value)))[:80]


class Encoder:
    """Writes one value; what it takes for plain data beside the built-in types, a subclass says in `other`."""

    def __init__(self) -> None:
        self.left = MAX_PARTS

    def written(self, value: object) -> bytes:
        """*value* as JSON. Raises NotPlainError, and RecursionError."""
        return json.dumps(self.plain(value, 0), allow_nan=False, separators=(",", ":")).encode("ascii")

    def other(self, value: Any, depth: int) -> Any:
        """JSON for an object of any other class. Raises NotPlainError."""
        return self.plain(_as_base(value), depth)

    def plain(self, value: Any, depth: int) -> Any:
        """*value* as JSON, *depth* containers deep. Raises NotPlainError."""
        self.spend(1)
        kind = type(value)
        if kind is str or kind is bool or value is None:
            return value
        if kind is int:
            return value if -_INT64 <= value < _INT64 else {"i": hex(value)}
        if kind is float:
            return value if math.isfinite(value) else {"f": repr(value)}
        if depth >= MAX_DEPTH:
            raise NotPlainError(f"a value nested more than {MAX_DEPTH} deep, or one that contains itself")
        writer = _WRITERS.get(kind)
        if writer is not None:
            return writer(self, value, depth + 1)
        return self.other(value, depth)

    def items(self, values: Iterable[Any], depth: int) -> Any:
        """The elements as JSON; the usual long lists without a Python-level loop."""
        listed = [*values]
        kinds = set(map(type, listed))
        if kinds <= _SCALARS and _crosses_as_is(listed, kinds):
            self.spend(len(listed))
            return listed
        if len(kinds) == 1 and kinds <= _ROWS and depth < MAX_DEPTH:
            cells = list(islice(chain.from_iterable(listed), self.left))
            inner = set(map(type, cells))
            if inner <= _SCALARS and _crosses_as_is(cells, inner):
                self.spend(len(listed) + sum(map(len, listed)))
                return {"r": listed} if kinds == {tuple} else listed
        return [self.plain(value, depth) for value in listed]

    def pairs(self, value: dict[Any, Any], depth: int) -> list[Any]:
        """The keys and the values of a mapping."""
        return [self.items(dict.keys(value), depth), self.items(dict.values(value), depth)]

    def spend(self, parts: int) -> None:
        """Count *parts* more. Raises NotPlainError when they are too many."""
        self.left -= parts
        if self.left < 0:
            raise NotPlainError(f"a value of more than {MAX_PARTS:,} parts")


_WRITERS: dict[type, Callable[[Encoder, Any, int], Any]] = {
    list: lambda encoder, value, depth: encoder.items(value, depth),
    tuple: lambda encoder, value, depth: {"t": encoder.items(value, depth)},
    set: lambda encoder, value, depth: {"s": encoder.items(value, depth)},
    frozenset: lambda encoder, value, depth: {"z": encoder.items(value, depth)},
    dict: lambda encoder, value, depth: {"d": encoder.pairs(value, depth)},
    bytes: lambda _encoder, value, _depth: {"b": value.hex()},
}


def _crosses_as_is(values: list[Any], kinds: set[type]) -> bool:
    """Whether JSON says the scalars in *values*, which are of *kinds*, as they stand."""
    if int in kinds:
        whole = values if kinds == {int} else [value for value in values if type(value) is int]
        if min(whole) < -_INT64 or max(whole) >= _INT64:
            return False
    if float in kinds:
        return all(map(math.isfinite, [value for value in values if type(value) is float]))
    return True


def _as_base(value: Any) -> Any:
    """An instance of a subclass as plain data of its built-in base: Counter as dict, IntEnum as int."""
    try:
        if isinstance(value, int):
            return int.__index__(value)
        if isinstance(value, float):
            return float.__float__(value)
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, bytes):
            return bytes.__getitem__(value, slice(None))
        if isinstance(value, list):
            return [*list.__iter__(value)]
        if isinstance(value, tuple):
            return (*tuple.__iter__(value),)
        if isinstance(value, dict):
            return dict(dict.items(value))
        if isinstance(value, set):
            return {*set.__iter__(value)}
        if isinstance(value, frozenset):
            return frozenset(frozenset.__iter__(value))
    except TypeError:  # it only claims to be one, by a forged __class__
        pass
    raise NotPlainError(f"an object of class {type_name(value)}, which is not plain data")


def decode(data: bytes, parts: Sequence[Any] = ()) -> Any:
    """The value in *data*, with what came beside it in *parts*. Raises ValueFormatError for anything else."""
    try:
        return _Decoder(parts).build(json.loads(data, parse_constant=_no_constant), 0)
    except ValueFormatError:
        raise
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise ValueFormatError(f"not an encoded value: {type(error).__name__}") from None


def _no_constant(name: str) -> Any:
    raise ValueFormatError(f"{name} is not JSON")


class _Decoder:
    def __init__(self, parts: Sequence[Any]) -> None:
        self.parts = parts

    def build(self, node: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueFormatError("nested too deeply")
        if type(node) is list:
            return self.elements(node, depth)
        if type(node) is not dict:
            return node
        if len(node) != 1:
            raise ValueFormatError("a tag stands alone")
        ((tag, content),) = node.items()
        reader = _READERS.get(tag)
        if reader is None:
            raise ValueFormatError("an unknown tag")
        return reader(self, content, depth)

    def elements(self, node: Any, depth: int) -> list[Any]:
        if type(node) is dict and set(node) == {"r"}:
            return _rows(node["r"])
        if type(node) is not list:
            raise ValueFormatError("an array is missing")
        kinds = set(map(type, node))
        if _NESTED.isdisjoint(kinds) or (kinds == {list} and _NESTED.isdisjoint(map(type, chain.from_iterable(node)))):
            return node
        return [self.build(part, depth + 1) for part in node]

    def pairs(self, node: Any, depth: int) -> dict[Any, Any]:
        if type(node) is not list or len(node) != 2:
            raise ValueFormatError("keys and values are missing")
        keys, entries = (self.elements(part, depth) for part in node)
        return dict(zip(_unlike(keys), entries, strict=True))

    def part(self, number: Any) -> Any:
        if type(number) is not int or not 0 <= number < len(self.parts):
            raise ValueFormatError("a part that did not come")
        return self.parts[number]


def _rows(node: Any) -> list[Any]:
    if type(node) is not list or not set(map(type, node)) <= {list}:
        raise ValueFormatError("rows are missing")
    if not _NESTED.isdisjoint(map(type, chain.from_iterable(node))):
        raise ValueFormatError("rows hold scalars")
    return list(map(tuple, node))


def _unlike(keys: list[Any]) -> list[Any]:
    if len(keys) > MAX_COLLISIONS and max(Counter(map(hash, keys)).values()) > MAX_COLLISIONS:
        raise ValueFormatError("keys that collide")
    return keys


_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}

_READERS: dict[str, Callable[[_Decoder, Any, int], Any]] = {
    "r": lambda _decoder, content, _depth: _rows(content),
    "t": lambda decoder, content, depth: tuple(decoder.elements(content, depth)),
    "s": lambda decoder, content, depth: set(_unlike(decoder.elements(content, depth))),
    "z": lambda decoder, content, depth: frozenset(_unlike(decoder.elements(content, depth))),
    "d": lambda decoder, content, depth: decoder.pairs(content, depth),
    "b": lambda _decoder, content, _depth: bytes.fromhex(content),
    "i": lambda _decoder, content, _depth: int(content, 16),
    "f": lambda _decoder, content, _depth: _float(content),
    "a": lambda decoder, content, _depth: decoder.part(content),
}


def _float(content: Any) -> float:
    if content not in _FLOATS:
        raise ValueFormatError("an unknown float")
    return _FLOATS[content]
