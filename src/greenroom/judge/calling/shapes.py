"""Declared types as every language has them."""

from __future__ import annotations

from typing import Any

from greenroom.bank.specs import CodeSpec
from greenroom.judge.signature import TypeSyntaxError, parse_type

Shape = list[Any]
"""`["int"]`, `["float"]`, `["str"]`, `["bool"]`, `["optional", T]`, `["list", T]`, `["tuple", A, B, …]`,
`["set", T]` or `["dict", K, V]`; keys and members of sets are scalars."""

_SCALARS = {"int", "float", "str", "bool"}


class UnsharedError(ValueError):
    """A type that not every language has."""


def signature(spec: CodeSpec) -> tuple[list[Shape], Shape]:
    """The shapes of the parameters and of what is returned. Raises UnsharedError."""
    if spec.form != "function" or spec.returns is None or spec.environment != "plain":
        raise UnsharedError("not a function, or one with Python's libraries")
    try:
        return [_shape(parse_type(one.type)) for one in spec.parameters], _shape(parse_type(spec.returns))
    except TypeSyntaxError as error:
        raise UnsharedError(str(error)) from None


def crosses(spec: CodeSpec) -> bool:
    """Whether the item's function can be written in another language than Python."""
    try:
        signature(spec)
    except UnsharedError:
        return False
    return True


def _shape(spec: list[Any]) -> Shape:
    name, *parts = spec
    if name in _SCALARS:
        return [name]
    if name == "union":
        return _optional(parts)
    if name in ("list", "tuple") and parts:
        return [name, *map(_shape, parts)]
    if name in ("set", "dict") and parts[0][0] in _SCALARS:
        return [name, *map(_shape, parts)]
    raise UnsharedError(f"not every language has {name}")


def _optional(parts: list[Any]) -> Shape:
    others = [one for one in parts if one != ["None"]]
    if len(others) != 1 or len(others) == len(parts):
        raise UnsharedError("not every language has types that are one of several")
    return ["optional", _shape(others[0])]
