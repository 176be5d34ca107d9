"""Declared types as data: `list[tuple[int, str]] | None` becomes what `inside.typed` walks along."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

_SCALARS = {"int", "float", "str", "bool", "bytes"}
_ANY = {"Any", "object"}
_ARITY = {"list": 1, "set": 1, "frozenset": 1, "dict": 2}

Spec = list[Any]


class TypeSyntaxError(ValueError):
    """The text is not a type that items may declare; the message says which part and what may stand there."""


@lru_cache(maxsize=512)
def parse_type(text: str) -> Spec:
    """The type in *text* as nested lists. Raises TypeSyntaxError."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise TypeSyntaxError(f"{text!r} is not a type") from None
    return _spec(tree)


def _spec(node: ast.expr) -> Spec:
    if isinstance(node, ast.Constant) and node.value is None:
        return ["None"]
    if isinstance(node, ast.Name):
        return _named(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return ["union", *_alternatives(node)]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _subscripted(node.value.id, parts)
    raise TypeSyntaxError(f"{ast.unparse(node)!r} is not built from int, float, str, bool, None, bytes and containers")


def _named(name: str) -> Spec:
    if name in _ANY:
        return ["any"]
    if name in _SCALARS:
        return [name]
    if name in _ARITY:
        return [name, *[["any"] for _ in range(_ARITY[name])]]
    if name == "tuple":
        return ["tuple...", ["any"]]
    known = ", ".join(sorted(_SCALARS | _ARITY.keys() | {"tuple", "None"}))
    raise TypeSyntaxError(f"{name!r} is not one of {known}")


def _alternatives(node: ast.expr) -> list[Spec]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_alternatives(node.left), *_alternatives(node.right)]
    return [_spec(node)]


def _subscripted(name: str, parts: list[ast.expr]) -> Spec:
    if name == "tuple":
        if len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is ...:
            return ["tuple...", _spec(parts[0])]
        if len(parts) == 1 and isinstance(parts[0], ast.Tuple):  # tuple[()]
            return ["tuple"]
        return ["tuple", *map(_spec, parts)]
    if _ARITY.get(name) != len(parts):
        raise TypeSyntaxError(f"{name}[…] with {len(parts)} parts is not a type")
    return [name, *map(_spec, parts)]
