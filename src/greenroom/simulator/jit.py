"""How the engine's functions are compiled: by numba, kept on disk; or not at all, where it is not installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., object])

COMPILED = importlib.util.find_spec("numba") is not None
"""Whether numba is there. Without it a run is slower by two orders of magnitude, and else the same."""

_APART = {"run", "end", "strike", "time_out", "fill_batch", "attempt_failed"}
"""Functions that are called rather than written out where they are used: they are large, or seldom needed."""


def jit(function: Function) -> Function:
    """*function*, compiled when it is first called with numbers of new types."""
    if not COMPILED:
        return function
    import numba

    options: dict[str, Any] = {"cache": True, "error_model": "numpy", "forceinline": function.__name__ not in _APART}
    return cast(Function, numba.njit(**options)(function))
