"""The clocks and the scales of one case, as the supervisor reads them while init has the case run."""

from __future__ import annotations

import time

from greenroom.bank.specs import Limits
from greenroom.judge import census
from greenroom.judge.box import Box
from greenroom.judge.faults import BoxTimeoutError
from greenroom.judge.reading import Report

MOST_WAITED = 4
"""A case that had to wait for a core gets that time back, up to so many times its wall limit."""

_GRACE_S = 10.0
"""Seconds above the wall limit, and above what was given back, after which init itself is taken to be lost."""

_INIT_CPU_S = 0.1
"""CPU time of init's own in one case, at most; the kernel counts it with the case's."""

_DISK_LOOKS = 3
"""The disk is looked at every third time: that is a walk through a folder, where the others read a few files."""

_WORTHWHILE = 0.05
"""Share of the wall limit that a case must have waited since it was last given time."""


def deadline_of(limits: Limits) -> float:
    """When, of `time.monotonic`, a sandbox must have answered for a case with *limits* that begins now."""
    return time.monotonic() + limits.wall_s * (1 + MOST_WAITED) + _GRACE_S


class Watch:
    """What no process can count by itself: memory, CPU time and, where none is its own, the disk of a case."""

    def __init__(self, box: Box, limits: Limits) -> None:
        self._box = box
        self._limits = limits
        self._told = False
        self._peak_kb = 0
        self._given_s = 0.0
        self._looks = 0
        self._until = time.monotonic() + limits.wall_s + _GRACE_S

    @property
    def peak_kb(self) -> int:
        """The most memory in KiB that all processes together were seen to hold."""
        return self._peak_kb

    def look(self) -> None:
        """Take the census; tell init to end the case when a limit is passed.

        Raises BoxTimeoutError when init should long have ended it by itself: it is stuck, or was stopped.
        """
        if time.monotonic() > self._until + census.waited_s(self._box.pid):
            raise BoxTimeoutError("the sandbox does not answer")
        found = census.take(self._box.pid, self._box.idle_kb)
        self._peak_kb = max(self._peak_kb, found.memory_kb)
        why = self._excess(found)
        if why is not None and not self._told:
            self._told = True
            self._box.send({"op": "kill", "why": why})

    def overdue(self) -> None:
        """The wall limit is reached: give back what the case spent waiting for a core, or end it."""
        waited = census.take(self._box.pid, self._box.idle_kb).waited_s
        allowed = min(waited, MOST_WAITED * self._limits.wall_s)
        if allowed >= self._given_s + _WORTHWHILE * self._limits.wall_s:
            self._until += allowed - self._given_s
            self._given_s = allowed
            self._box.send({"op": "waited", "s": allowed})
        else:
            self._box.send({"op": "kill", "why": "wall"})

    def _excess(self, found: census.Census) -> str | None:
        if found.memory_kb > self._limits.memory_mb * 1024 or self._box.ran_out():
            return "memory"
        if max(found.cpu_s, self._counted_s()) > self._limits.cpu_s:
            return "cpu"
        self._looks += 1
        return "disk" if self._looks % _DISK_LOOKS == 0 and self._box.overfull(self._limits.disk_mb) else None

    def _counted_s(self) -> float:
        """CPU seconds of the case by its cgroup, those of processes that nobody waited for among them."""
        return self._box.cpu_s() - _INIT_CPU_S

    def amend(self, report: Report, *, taken_off_mb: float = 0.0, program: bool = False) -> Report:
        """*report* with what was seen beyond it; its CPU time, of all processes, is held to the limit again.

        *taken_off_mb* of its peak are libraries that it was given: no use of its own, and not what its limit is about.
        The peak of a *program*, whose address space may be without a limit, is held to it too: it may have ended
        between two looks.
        """
        cpu_s = max(report.cpu_s, self._counted_s())
        peak_mb = max(report.peak_mb - taken_off_mb, self._peak_kb / 1024)
        over = None
        if report.killed is None and cpu_s > self._limits.cpu_s:
            over = "cpu"
        elif report.killed is None and program and report.peak_mb - self._box.idle_kb / 1024 > self._limits.memory_mb:
            over = "memory"
        return report.changed(killed=over, peak_mb=peak_mb, cpu_s=cpu_s)
