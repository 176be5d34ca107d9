"""Whether an answer is right: values that have passed the type check, and texts of programs."""

from __future__ import annotations

import math
from collections import Counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FLAT = frozenset({int, float, str, bytes, bool, type(None)})


def same_values(expected: Any, actual: Any, mode: str, tolerance: float) -> bool:
    """Compare by *mode*: `exact`, `unordered` (a multiset at the top level) or `close` (floats within *tolerance*)."""
    if mode == "unordered" and type(expected) is type(actual) and type(expected) in (list, tuple):
        return _same_multisets(expected, actual)
    if mode == "close":
        return _same(expected, actual, tolerance)
    return _same(expected, actual, None)


def same_texts(expected: str, actual: str, mode: str, tolerance: float) -> bool:
    """Compare a program's stdout: `exact` up to the line ends at the end, `tokens`, or `close` (numeric tokens)."""
    if mode == "exact":
        return expected.rstrip("\r\n") == actual.rstrip("\r\n")
    wanted, given = expected.split(), actual.split()
    if mode == "tokens":
        return wanted == given
    return len(wanted) == len(given) and all(
        one == other or _close_tokens(one, other, tolerance) for one, other in zip(wanted, given, strict=True)
    )


def _close_tokens(expected: str, actual: str, tolerance: float) -> bool:
    try:
        return _close(float(expected), float(actual), tolerance)
    except ValueError:
        return False


def _close(expected: float, actual: float, tolerance: float) -> bool:
    if math.isnan(expected) or math.isnan(actual):
        return math.isnan(expected) and math.isnan(actual)
    return math.isclose(expected, actual, rel_tol=tolerance, abs_tol=tolerance)


def _same(expected: Any, actual: Any, tolerance: float | None) -> bool:
    """Equal in type and value all the way down; NaN equals NaN; floats within *tolerance* unless it is None."""
    kind = type(expected)
    if tolerance is not None and _is_number(expected) and _is_number(actual):
        if kind is int and type(actual) is int:
            return bool(expected == actual)
        return _numbers_close(expected, actual, tolerance)
    if kind is not type(actual):
        return _is_number(expected) and _is_number(actual) and bool(expected == actual)
    if kind is float:
        return bool(expected == actual) or (math.isnan(expected) and math.isnan(actual))
    if kind in (list, tuple):
        return len(expected) == len(actual) and _same_sequences(expected, actual, tolerance)
    if kind is dict:
        return _same_dicts(expected, actual, tolerance)
    if kind in (set, frozenset):
        return _same_multisets(expected, actual)
    return bool(expected == actual)


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float


def _numbers_close(expected: float, actual: float, tolerance: float) -> bool:
    try:
        return _close(float(expected), float(actual), tolerance)
    except OverflowError:
        return expected == actual


def _same_sequences(expected: Any, actual: Any, tolerance: float | None) -> bool:
    kinds = set(map(type, expected))
    if len(kinds) <= 1 and kinds <= _FLAT - {float} and kinds == set(map(type, actual)):
        return bool(expected == actual)  # one C-level comparison, for lists are often long
    return all(_same(one, other, tolerance) for one, other in zip(expected, actual, strict=True))


def _same_dicts(expected: dict[Any, Any], actual: dict[Any, Any], tolerance: float | None) -> bool:
    if len(expected) != len(actual):
        return False
    given = {_key(key): value for key, value in actual.items()}
    return all(_key(key) in given and _same(value, given[_key(key)], tolerance) for key, value in expected.items())


def _same_multisets(expected: Any, actual: Any) -> bool:
    """Equal with multiplicity. Hashes first: values chosen to collide would make counting quadratic."""
    if len(expected) != len(actual):
        return False
    wanted, given = list(map(_key, expected)), list(map(_key, actual))
    return sorted(map(hash, wanted)) == sorted(map(hash, given)) and Counter(wanted) == Counter(given)


def _key(value: Any) -> Any:
    """A hashable stand-in that is equal for what `_same` calls equal: it tells True from 1, but not 1 from 1.0."""
    kind = type(value)
    if kind is bool or value is None:
        return (kind.__name__, value)
    if kind is float and math.isnan(value):
        return ("nan",)
    if kind in (list, tuple):
        return (kind.__name__, tuple([_key(part) for part in value]))
    if kind is dict:
        return ("dict", frozenset((_key(key), _key(part)) for key, part in value.items()))
    if kind in (set, frozenset):
        return (kind.__name__, frozenset(map(_key, value)))
    return value
