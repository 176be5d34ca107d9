"""What one case may use: rlimits and Landlock, put on the child that runs it."""

from __future__ import annotations

import math
import resource

from . import landlock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .confine import Walls

MB = 1024 * 1024
_STACK_MB = 64
_MOST_STACK_MB = 512
_OPEN_FILES = 64
_PENDING_SIGNALS = 64


def stack_mb(memory_mb: int) -> int:
    """The stack in MB of a compiled program with *memory_mb*: a quarter, because a new thread reserves as much
    again."""
    return min(_MOST_STACK_MB, max(_STACK_MB, memory_mb // 4))


def settle(stack: int = _STACK_MB) -> None:
    """Set what is the same for every case, for this process and those that it forks.

    The stack is large so that deep recursion ends as RecursionError or in memory, not in SIGSEGV at 8 MB.
    """
    _lower("RLIMIT_STACK", stack * MB)
    for name in ("RLIMIT_CORE", "RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO"):
        _lower(name, 0)
    _lower("RLIMIT_SIGPENDING", _PENDING_SIGNALS)


def confine(walls: Walls) -> None:
    """Put Landlock on this process, for good."""
    if walls.rules is not None:
        landlock.restrict(walls.rules)


def apply(limits: dict[str, Any], baseline: int) -> None:
    """Limit this process for good. *baseline* is the address space in bytes that the interpreter itself takes.

    A `spread_mb` among *limits* is that of another runtime instead; negative where it reserves more than it ever uses
    (the census of the supervisor then holds the memory alone). The CPU rlimit is a second line, a whole second above
    `cpu_s`: it counts whole seconds, the sandbox's own clock does better.
    """
    spread = limits.get("spread_mb")
    if spread is not None:
        baseline = spread * MB
    if baseline >= 0:
        _lower("RLIMIT_AS", baseline + limits["memory_mb"] * MB)
    _lower("RLIMIT_CPU", math.ceil(limits["cpu_s"]) + 1)
    _lower("RLIMIT_FSIZE", limits["disk_mb"] * MB)
    _lower("RLIMIT_NPROC", limits["processes"])
    _lower("RLIMIT_NOFILE", limits.get("open_files", _OPEN_FILES))


def _lower(name: str, value: int) -> None:
    """Set both limits to *value*, or to the hard limit that holds already where that is lower."""
    which = getattr(resource, name, None)
    if which is None:  # not on this system
        return
    try:
        resource.setrlimit(which, (value, value))
    except (ValueError, OSError):
        _, hard = resource.getrlimit(which)
        if hard == resource.RLIM_INFINITY or hard >= value:  # refused for another reason
            if name in ("RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE"):
                raise
            return
        resource.setrlimit(which, (hard, hard))
