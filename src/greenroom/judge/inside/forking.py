"""Forking without what modules have asked to be done at each fork.

`threading`, `logging` and others register work with `os.register_at_fork`: it is for programs that fork while they have
several threads, and costs a new process of ours more than all that it does for a case. Here nothing forks but a process
with one thread, so it is held back, and handed over before a candidate's code runs, which may fork as it likes.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_register = getattr(os, "register_at_fork", None)
_held: list[dict[str, Callable[[], object]]] = []


def hold() -> None:
    """Keep what is registered from here on to ourselves."""
    if _register is not None:
        os.register_at_fork = _hold  # type: ignore[assignment]


def _hold(**calls: Callable[[], object]) -> None:
    _held.append(calls)


def release() -> None:
    """Register what was held back: forks in this process are from here on what they are in any other."""
    if _register is not None:
        os.register_at_fork = _register
        for calls in _held:
            _register(**calls)
        _held.clear()


def have_own_random() -> None:
    """Have random numbers that no other process has that was forked from the same one."""
    for name in ("random", "numpy.random"):
        module = sys.modules.get(name)
        if module is not None:
            module.seed()
