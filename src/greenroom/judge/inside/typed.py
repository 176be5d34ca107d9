"""Declared types: making arguments of what an author wrote, and checking what a candidate returned.

A type is a nested list made by `greenroom.judge.signature`: `["int"]`, `["list", T]`, `["tuple", A, B]`,
`["tuple...", T]`, `["set", T]`, `["frozenset", T]`, `["dict", K, V]`, `["union", A, B, …]`, `["any"]`.
"""

from __future__ import annotations

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
    return _Walk(lenient=False).value(value, spec, "")


def coerce(value: Any, spec: Spec) -> Any:
    """*value* as *spec* declares it: lists become tuples and sets, text becomes bytes. Raises MismatchError."""
    return _Walk(lenient=True).value(value, spec, "")


def describe(spec: Spec) -> str:
    """*spec* as one writes it in Python."""
    name, *parts = spec
    if name == "union":
        return " | ".join(describe(part) for part in parts)
    if name == "tuple...":
        return f"tuple[{describe(parts[0])}, ...]"
    return f"{name}[{', '.join(describe(part) for part in parts)}]" if parts else str(name)


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
        wanted = _SCALARS.get(spec[0])
        if wanted is not None and set(map(type, held)) <= {wanted}:
            return held  # decided without a Python-level loop, for lists are often long
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
