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
    from collections.abc import Callable, Iterable

_register = getattr(os, "register_at_fork", None)
_held: list[dict[str, Callable[[], object]]] = []
_released = False


def hold() -> None:
    """Keep what is registered from here on to ourselves."""
    if _register is not None:
        _register(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
        os.register_at_fork = _hold  # type: ignore[assignment]


def _hold(**calls: Callable[[], object]) -> None:
    _held.append(calls)


def release() -> None:
    """Have done what was held back: forks in this process are from here on what they are in any other.

    Nothing is registered only now, for that would make, and write to, as much memory as a short case does.
    """
    global _released  # noqa: PLW0603 (set once, in the one process that runs a case)
    if _register is not None:
        os.register_at_fork = _register
        _released = True


def _before() -> None:
    _call("before", reversed(_held))


def _after_in_parent() -> None:
    _call("after_in_parent", _held)


def _after_in_child() -> None:
    _call("after_in_child", _held)


def _call(when: str, held: Iterable[dict[str, Callable[[], object]]]) -> None:
    """Call what was held back for *when*. Like the interpreter, say what one of them raises and go on."""
    if not _released:
        return
    for calls in held:
        try:
            calls.get(when, _nothing)()
        except BaseException:
            sys.excepthook(*sys.exc_info())


def _nothing() -> None:
    return


def have_own_random() -> None:
    """Have random numbers that no other process has that was forked from the same one."""
    for name in ("random", "numpy.random"):
        module = sys.modules.get(name)
        if module is not None:
            module.seed()
