"""Who lives in a sandbox and what they use, seen from outside through /proc.

Everything here is world-readable, so it works for root and for anyone else, with namespaces and without. A process that
ends while it is looked at counts as nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024 if hasattr(os, "sysconf") else 4
_UTIME = 11  # of /proc/PID/stat, counted from the field after the closing parenthesis; then stime, cutime, cstime


@dataclass(frozen=True)
class Census:
    """All processes below one: how many, memory in KiB above an idle one's each, CPU seconds with reaped children.

    `waited_s` is how long the process that waited longest was ready to run and had no core.

    Orphans stay children of the sandbox's init, and zombies stay until the case ends, so nobody is missed but children
    whose parent ignores SIGCHLD: they take their CPU time with them.
    """

    processes: int
    memory_kb: int
    cpu_s: float
    waited_s: float


def take(root: int, idle_kb: int) -> Census:
    """The census below *root*, itself not counted; *idle_kb* is what each shares with its parent anyway."""
    count, memory, cpu, waited = 0, 0, 0.0, 0.0
    for pid in descendants(root):
        count += 1
        memory += max(0, resident_kb(pid) - idle_kb)
        cpu += _cpu_s(pid)
        waited = max(waited, waited_s(pid))
    return Census(count, memory, cpu, waited)


def descendants(root: int) -> Iterator[int]:
    """PIDs below *root*, parents before children."""
    waiting = list(_children(root))
    seen = set(waiting)
    while waiting:
        pid = waiting.pop()
        yield pid
        found = [child for child in _children(pid) if child not in seen]
        seen.update(found)
        waiting += found


def _children(pid: int) -> Iterator[int]:
    try:
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 (called often)
            yield from map(int, Path(f"/proc/{pid}/task/{task}/children").read_text("ascii").split())
    except OSError:
        return


def resident_kb(pid: int) -> int:
    """Resident memory of *pid* in KiB; 0 when it is gone. (Its own `ru_maxrss` may be the parent's: exec keeps it.)"""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE_KB
    except (OSError, IndexError):
        return 0


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return sum(map(int, fields[_UTIME : _UTIME + 4])) / _TICKS
    except (OSError, ValueError):
        return 0.0


def waited_s(pid: int) -> float:
    """How long *pid* was ready to run and had no core; 0 where the kernel does not count it."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


@dataclass(frozen=True)
class Usage:
    """What the processes below one use: memory in KiB above an idle one's each, now and at most in their lives, and CPU
    seconds."""

    resident_kb: int
    peak_kb: int
    cpu_s: float


def usage(root: int, idle_kb: int) -> Usage | None:
    """The usage below *root*, exactly as the kernel counts it; None when no process is left there.

    A process that has ended takes its peak with it. CPU seconds are counted in nanoseconds while a process lives, in
    ticks once it was waited for.
    """
    resident, peak, cpu, ticked = 0, 0, 0.0, 0.0
    for pid in descendants(root):
        marks = _marks(pid)
        if marks is None:
            continue
        resident += max(0, marks[0] - idle_kb)
        peak += max(0, marks[1] - idle_kb)
        cpu += _clock_s(pid)
        ticked += _cpu_s(pid)
    return Usage(resident, peak, max(cpu, ticked)) if peak or cpu else None


def _marks(pid: int) -> tuple[int, int] | None:
    """(resident memory, its high-water mark) in KiB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
        found = {name: text for name, _, text in (line.partition(":") for line in lines)}
        return int(found["VmRSS"].split()[0]), int(found["VmHWM"].split()[0])
    except (OSError, KeyError, ValueError, IndexError):
        return None


def _clock_s(pid: int) -> float:
    try:
        return time.clock_gettime((~pid << 3) | 2)  # CPUCLOCK_SCHED of linux/posix-timers.h
    except (OSError, AttributeError):
        return 0.0
