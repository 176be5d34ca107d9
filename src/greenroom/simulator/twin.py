"""The engine without numba: the very same functions, run by the interpreter. Slow, and bit for bit the same."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from greenroom.simulator import engine, luck


def plain() -> dict[str, Any]:
    """The functions of `engine` by name, none of them compiled, which call each other and no compiled one."""
    space: dict[str, Any] = dict(vars(engine))
    for name, found in vars(engine).items():
        source = getattr(found, "py_func", found)
        if isinstance(source, FunctionType) and source.__module__ == engine.__name__:
            space[name] = FunctionType(source.__code__, space, name, source.__defaults__)
    space["uniform"] = luck.uniform_without_numba
    return space


run = plain()["run"]
"""As `engine.run`."""
