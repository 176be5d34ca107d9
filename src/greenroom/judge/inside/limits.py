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
_OPEN_FILES = 64


def apply(limits: dict[str, Any], walls: Walls, baseline: int) -> None:
    """Limit this process for good. *baseline* is the address space in bytes that the interpreter itself takes.

    A `spread_mb` among *limits* is that of another runtime instead; negative where it reserves more than it ever uses
    (the census of the supervisor then holds the memory alone).

    The CPU rlimit is a second line, a whole second above `cpu_s`: it counts whole seconds, the sandbox's own clock does
    better. The stack is large so that deep recursion ends as RecursionError or in memory, not in SIGSEGV at 8 MB.
    """
    cpu = math.ceil(limits["cpu_s"]) + 1
    spread = limits.get("spread_mb")
    if spread is not None:
        baseline = spread * MB
    wanted = {
        "RLIMIT_AS": resource.RLIM_INFINITY if baseline < 0 else baseline + limits["memory_mb"] * MB,
        "RLIMIT_CPU": cpu,
        "RLIMIT_FSIZE": limits["disk_mb"] * MB,
        "RLIMIT_NPROC": limits["processes"],
        "RLIMIT_NOFILE": limits.get("open_files", _OPEN_FILES),
        "RLIMIT_STACK": _STACK_MB * MB,
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_SIGPENDING": 64,
        "RLIMIT_NICE": 0,
        "RLIMIT_RTPRIO": 0,
    }
    for name, value in wanted.items():
        _lower(name, value)
    if walls.rules is not None:
        landlock.restrict(walls.rules)


def _lower(name: str, value: int) -> None:
    which = getattr(resource, name, None)
    if which is None:  # not on this system
        return
    _, hard = resource.getrlimit(which)
    if value == resource.RLIM_INFINITY:
        return
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(which, (value, value))
    except (ValueError, OSError):
        if name in ("RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE"):
            raise
