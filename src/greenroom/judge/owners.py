"""Names that tell which process made a thing, so that what a killed one left behind can be known and removed."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

_NAME = re.compile(r"greenroom-(\d+)-(\d+)-(\d+)-")
_STARTED = 19  # of /proc/PID/stat, counted from the field after the closing parenthesis: ticks after the boot


def prefix() -> str:
    """How names of this process's things begin: its PID, when it started, and the PID namespace that this PID is of."""
    return f"greenroom-{os.getpid()}-{_started(os.getpid()) or 0}-{_namespace()}-"


def abandoned(name: str) -> bool:
    """Whether *name* was given by a process that has ended. One of another PID namespace is never taken to have."""
    found = _NAME.match(name)
    if found is None or int(found[3]) != _namespace():
        return False
    pid, started = int(found[1]), int(found[2])
    if started:
        return _started(pid) != started
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it lives, and is somebody else's
        return False
    return False


def _started(pid: int) -> int | None:
    """When *pid* started; None when there is no such process, or no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return None if fields[0] in (b"Z", b"X") else int(fields[_STARTED])
    except (OSError, ValueError, IndexError):
        return None


@cache
def _namespace() -> int:
    try:
        return Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return 0
