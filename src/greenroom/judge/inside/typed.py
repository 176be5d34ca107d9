"""Declared types: making arguments of what an author wrote, and checking what a candidate returned.

A type is a nested list made by `greenroom.judge.signature`: `["int"]`, `["list", T]`, `["tuple", A, B]`,
`["tuple...", T]`, `["set", T]`, `["frozenset", T]`, `["dict", K, V]`, `["union", A, B, …]`, `["any"]`.
"""

from __future__ import annotations

from itertools import chain
from operator import itemgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Spec = list[Any]

_SCALARS: dict[str, type] = {"int": int, "float": float, "str": str, "bool": bool, "bytes": bytes, "None": type(None)}
_CONTAINERS: dict[str, type] = {
    "list": list, "tuple": tuple, "tuple...": tuple, "set": set, "frozenset": frozenset, "dict": dict
}  # fmt: skip


class MismatchError(ValueError):
    """A value is not of the declared type. `found` names its type, `path` the place inside, such as `[3]`."""

    def __init__(self, found: str, path: str = "") -> None:
        super().__init__(f"{path or 'the value'} is {found}")
        self.found = found
        self.path = path


def check(value: Any, spec: Spec) -> Any:
    """*value* when its type is exactly *spec*, with `int` made `float` where that is declared. Raises MismatchError."""
    return value if _all_fit([value], spec) else _Walk(lenient=False).value(value, spec, "")


def coerce(value: Any, spec: Spec) -> Any:
    """*value* as *spec* declares it: lists become tuples and sets, text becomes bytes. Raises MismatchError."""
    for ready in (value, _as_rows(value, spec)):
        if _all_fit([ready], spec):
            return ready
    return _Walk(lenient=True).value(value, spec, "")


def _as_rows(value: Any, spec: Spec) -> Any:
    """A list of lists as a list of tuples where that is declared: the most usual table, made without the long way."""
    if type(value) is list and spec[0] == "list" and spec[1][0] in ("tuple", "tuple..."):
        return list(map(tuple, value)) if set(map(type, value)) == {list} else value
    return value


def describe(spec: Spec) -> str:
    """*spec* as one writes it in Python."""
    name, *parts = spec
    if name == "union":
        return " | ".join(describe(part) for part in parts)
    if name == "tuple...":
        return f"tuple[{describe(parts[0])}, ...]"
    return f"{name}[{', '.join(describe(part) for part in parts)}]" if parts else str(name)


def _all_fit(values: list[Any], spec: Spec) -> bool:
    """Whether all of *values* are exactly of *spec*; column by column in C, for lists are long and mostly right."""
    name, *parts = spec
    kinds = set(map(type, values))
    if name == "any" or not kinds:
        return True
    if name == "union":
        return all(part[0] in _SCALARS for part in parts) and kinds <= {_SCALARS[part[0]] for part in parts}
    if name in _SCALARS:
        return kinds == {_SCALARS[name]}
    return kinds == {_CONTAINERS[name]} and _contents_fit(values, name, parts)


def _contents_fit(values: list[Any], name: str, parts: list[Spec]) -> bool:
    if name == "tuple":
        return set(map(len, values)) == {len(parts)} and all(
            _all_fit(list(map(itemgetter(index), values)), part) for index, part in enumerate(parts)
        )
    if name == "dict" and not _all_fit(list(chain.from_iterable(map(dict.values, values))), parts[1]):
        return False
    return _all_fit(list(chain.from_iterable(values)), parts[0])


class _Walk:
    def __init__(self, *, lenient: bool) -> None:
        self.lenient = lenient

    def value(self, value: Any, spec: Spec, path: str) -> Any:
        name, *parts = spec
        if name == "any":
            return value
        if name == "union":
            return self.union(value, parts, path)
        if name in _SCALARS:
            return self.scalar(value, name, path)
        held = self.container(value, _CONTAINERS[name], path)
        return self.filled(held, name, parts, path)

    def scalar(self, value: Any, name: str, path: str) -> Any:
        kind = type(value)
        if kind is _SCALARS[name]:
            return value
        if name == "float" and kind is int:
            return _as_float(value)
        if self.lenient and name == "bytes" and kind is str:
            return value.encode()
        raise MismatchError(kind.__name__, path)

    def container(self, value: Any, wanted: type, path: str) -> Any:
        kind = type(value)
        if kind is wanted:
            return value
        if self.lenient and kind in (list, tuple) and wanted in (list, tuple, set, frozenset):
            return value  # `filled` makes it one
        raise MismatchError(kind.__name__, path)

    def filled(self, held: Any, name: str, parts: list[Spec], path: str) -> Any:
        if not parts:
            return _CONTAINERS[name](held)
        if name == "dict":
            return {
                self.value(key, parts[0], f"{path} key"): self.value(entry, parts[1], f"{path}[{key!r:.40}]")
                for key, entry in held.items()
            }
        if name == "tuple":
            return self.tuple(held, parts, path)
        return _CONTAINERS[name](self.each(held, parts[0], path))

    def each(self, held: Any, spec: Spec, path: str) -> Any:
        return [self.value(entry, spec, f"{path}[{index}]") for index, entry in enumerate(held)]

    def tuple(self, held: Any, parts: list[Spec], path: str) -> Any:
        if len(held) != len(parts):
            raise MismatchError(f"{type(held).__name__} of {len(held)}", path)
        pairs = zip(held, parts, strict=True)
        return tuple([self.value(entry, part, f"{path}[{index}]") for index, (entry, part) in enumerate(pairs)])

    def union(self, value: Any, parts: list[Spec], path: str) -> Any:
        """The first alternative that fits exactly; only then one that fits by conversion."""
        for attempt in (_exact, self.value):
            for part in parts:
                try:
                    return attempt(value, part, path)
                except MismatchError:
                    continue
        raise MismatchError(type(value).__name__, path)


def _exact(value: Any, spec: Spec, path: str) -> Any:
    if spec[0] == "float" and type(value) is not float:
        raise MismatchError(type(value).__name__, path)
    return _Walk(lenient=False).value(value, spec, path)


def _as_float(value: int) -> float | int:
    try:
        return float(value)
    except OverflowError:  # too large for a float; it compares well enough as it is
        return value
