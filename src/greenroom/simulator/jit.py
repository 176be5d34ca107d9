"""How the engine's functions are compiled: by numba, kept on disk; or not at all, where it is not installed."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from platformdirs import user_cache_path

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

    settings: Any = numba.config
    if not settings.CACHE_DIR:
        settings.CACHE_DIR = str(cache_folder())
    options: dict[str, Any] = {"cache": True, "error_model": "numpy", "forceinline": function.__name__ not in _APART}
    # No function here allocates, so references to the tables need no counting, which takes two thirds of the time.
    options["_nrt"] = False
    # A run holds up nobody: it touches its own tables alone.
    options["nogil"] = True
    return cast(Function, numba.njit(**options)(function))


@cache
def cache_folder() -> Path:
    """Where compiled functions are kept, one folder for each state of the compiled sources.

    numba looks whether the file of a function has changed, and not those of the functions that are compiled into it.
    """
    sources = {one.name: one.read_bytes() for one in sorted(Path(__file__).parent.glob("*.py"))}
    compiled = [text for name, text in sources.items() if b"\n@jit\n" in text or name in ("columns.py", "jit.py")]
    digest = hashlib.sha256(b"".join(compiled)).hexdigest()
    return user_cache_path("greenroom", appauthor=False) / f"simulator-{digest[:16]}"
