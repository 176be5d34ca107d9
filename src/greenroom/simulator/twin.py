"""The engine without numba: the very same functions, run by the interpreter. Slow, and bit for bit the same."""

from __future__ import annotations

from types import FunctionType, ModuleType
from typing import Any

from greenroom.simulator import calls, engine, faults, heap, loops, luck, queues, tokens

PARTS: tuple[ModuleType, ...] = (heap, tokens, loops, queues, calls, faults, engine)
"""The modules whose functions are compiled together."""


def plain() -> dict[str, Any]:
    """The functions of the engine by name, none of them compiled, which call each other and no compiled one."""
    space: dict[str, Any] = {}
    for module in PARTS:
        space |= vars(module)
    for name, found in list(space.items()):
        source = getattr(found, "py_func", found)
        if isinstance(source, FunctionType) and source.__module__ in {module.__name__ for module in PARTS}:
            space[name] = FunctionType(source.__code__, space, name, source.__defaults__)
    space["uniform"] = luck.uniform_without_numba
    return space


run = plain()["run"]
"""As `engine.run`."""
