"""Cgroups: one for each sandbox, in which the kernel counts and limits what all of its processes use together.

Version 2 is used where it is delegated to this process, version 1 where this process may make groups (as root). What
the host allows is found by making one (`grounds.py`). Without cgroups RLIMIT_AS and the census hold the memory.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from greenroom.judge import owners

ROOM_MB = 48
"""What a sandbox may hold beside its case: its own processes, and what the kernel keeps for it (pipes, page tables)."""

ROOM_PROCESSES = 8
"""The same for processes: the outer one, init, and the next case's."""

_MB = 1024 * 1024
_NEAR = 2 * _MB  # the kernel takes memory for a group in batches, one for each core
_REMOVE_S = 2.0
_numbers = itertools.count(1)
_stuck_lock = threading.Lock()
_stuck: list[Path] = []

Controller = Literal["memory", "pids", "cpu"]


class Files:
    """The cgroup file system, as far as it is used here; tests put a small one of their own in its place."""

    def make(self, folder: Path) -> None:
        """Make a group."""
        folder.mkdir()

    def remove(self, folder: Path) -> None:
        """Remove a group that has no process left."""
        folder.rmdir()

    def groups(self, folder: Path) -> list[Path]:
        """The groups in *folder*."""
        return [entry for entry in folder.iterdir() if entry.is_dir()]

    def has(self, file: Path) -> bool:
        """Whether the kernel offers *file*."""
        return file.exists()

    def read(self, file: Path) -> str:
        """The content of a control file."""
        end = os.open(file, os.O_RDONLY | os.O_CLOEXEC)  # in every case: a text stream would take three times as long
        try:
            return os.read(end, 1 << 16).decode("ascii")
        finally:
            os.close(end)

    def write(self, file: Path, text: str) -> None:
        """Set a control file."""
        end = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(end, text.encode("ascii"))
        finally:
            os.close(end)

    def delegated(self, folder: Path) -> bool:
        """Whether *folder* is marked as handed over to the service that runs in it, as systemd does it."""
        for mark in ("user.delegate", "trusted.delegate"):
            with suppress(OSError, AttributeError):
                if os.getxattr(folder, mark) == b"1":
                    return True
        return False


@dataclass(frozen=True)
class Ground:
    """Where this process may make groups: for each controller the folder; in version 2 that is one for all."""

    version: Literal[1, 2]
    folders: Mapping[Controller, Path]
    files: Files

    @property
    def name(self) -> str:
        """What the wall is called."""
        return f"cgroup v{self.version}"

    def group(self) -> Cgroup:
        """A group of its own for one sandbox. Raises OSError when it is refused."""
        kind = _Version2 if self.version == 2 else _Version1
        return kind(self, f"{owners.prefix()}{next(_numbers)}")

    def sweep(self) -> None:
        """Remove the groups that killed supervisors have left, as far as no process lives in them."""
        for folder in set(self.folders.values()):
            with suppress(OSError):
                for found in self.files.groups(folder):
                    if owners.abandoned(found.name):
                        with suppress(OSError):
                            self.files.remove(found)


class Cgroup(ABC):
    """The group of one sandbox, one thread at a time. Every method raises OSError as the kernel does."""

    def __init__(self, ground: Ground, name: str) -> None:
        self.name = ground.name
        self._files = ground.files
        self._folders = {controller: folder / name for controller, folder in ground.folders.items()}
        self._made: list[Path] = []
        self._memory_mb = 0
        self._processes = 0
        self._kills = self._kills_before = 0
        self._cpu_s = self._cpu_s_before = 0.0
        try:
            for folder in dict.fromkeys(self._folders.values()):
                self._files.make(folder)
                self._made.append(folder)
        except OSError:
            self.remove()
            raise

    def admit(self, pid: int) -> None:
        """Put a process of one thread into the group; what it forks later is born there."""
        for folder in self._made:
            self._files.write(folder / "cgroup.procs", str(pid))

    def begin(self, *, memory_mb: int, processes: int) -> None:
        """Hold what runs in the group to so many MB and processes, its own room not counted, and count from here.

        What its own processes did since they were last counted is counted too: a few milliseconds of CPU time.
        """
        if memory_mb != self._memory_mb:
            self._hold_memory((memory_mb + ROOM_MB) * _MB, raised=memory_mb > self._memory_mb > 0)
            self._memory_mb = memory_mb
        if processes != self._processes and "pids" in self._folders:
            self._files.write(self._folders["pids"] / "pids.max", str(processes + ROOM_PROCESSES))
            self._processes = processes
        self._kills_before, self._cpu_s_before = self._kills, self._cpu_s

    def killed(self) -> bool:
        """Whether the kernel has ended a process of the group for want of memory, the group's or the host's."""
        self._kills = self._count_kills()
        return self._kills > self._kills_before

    @abstractmethod
    def reached(self) -> bool:
        """Whether it was the group that had no memory left, once a process was `killed`."""

    def cpu_s(self) -> float:
        """CPU seconds of all its processes, whether anybody waited for them or not; 0 where they are not counted."""
        self._cpu_s = self._count_cpu_s() if "cpu" in self._folders else 0.0
        return self._cpu_s - self._cpu_s_before

    def remove(self) -> None:
        """Give it back, once its processes have been killed. What the kernel does not let go of yet is tried later."""
        made, self._made = self._made, []
        until = time.monotonic() + _REMOVE_S
        with _stuck_lock:
            made += _stuck
            _stuck.clear()
        for folder in made:
            if not self._removed(folder, until):
                with _stuck_lock:
                    _stuck.append(folder)

    def _removed(self, folder: Path, until: float) -> bool:
        while True:
            try:
                self._files.remove(folder)
            except FileNotFoundError:
                return True
            except OSError:
                if time.monotonic() > until:
                    return False
                time.sleep(0.005)
            else:
                return True

    @abstractmethod
    def _hold_memory(self, most: int, *, raised: bool) -> None: ...

    @abstractmethod
    def _count_kills(self) -> int: ...

    @abstractmethod
    def _count_cpu_s(self) -> float: ...

    def _number(self, controller: Controller, file: str, key: str | None = None) -> int:
        """The number in a control file, or that after *key* where it has lines of key and number; 0 without it."""
        text = self._files.read(self._folders[controller] / file)
        if key is None:
            return int(text)
        return next((int(words[1]) for line in text.splitlines() if (words := line.split())[:1] == [key]), 0)


class _Version1(Cgroup):
    def _hold_memory(self, most: int, *, raised: bool) -> None:
        folder = self._folders["memory"]
        files = [folder / "memory.limit_in_bytes", folder / "memory.memsw.limit_in_bytes"]  # the second is never less
        if not self._files.has(files[1]):  # swap is not counted here: then none is used
            self._files.write(folder / "memory.swappiness", "0")
            del files[1]
        for file in reversed(files) if raised else files:
            self._files.write(file, str(most))

    def reached(self) -> bool:
        most = self._number("memory", "memory.limit_in_bytes")
        seen = self._number("memory", "memory.max_usage_in_bytes")
        self._files.write(self._folders["memory"] / "memory.max_usage_in_bytes", "0")  # for the next case
        return seen >= most - _NEAR  # `memory.failcnt` would say it, but late kernels do not count there

    def _count_kills(self) -> int:
        return self._number("memory", "memory.oom_control", "oom_kill")

    def _count_cpu_s(self) -> float:
        return self._number("cpu", "cpuacct.usage") / 1e9


class _Version2(Cgroup):
    _times_full = 0
    """How often the group had been at its limit when that was last asked."""

    def _hold_memory(self, most: int, *, raised: bool) -> None:
        folder = self._folders["memory"]
        self._files.write(folder / "memory.max", str(most))
        if self._files.has(folder / "memory.swap.max"):
            self._files.write(folder / "memory.swap.max", "0")

    def reached(self) -> bool:
        before, self._times_full = self._times_full, self._number("memory", "memory.events", "oom")
        return self._times_full > before

    def _count_kills(self) -> int:
        return self._number("memory", "memory.events", "oom_kill")

    def _count_cpu_s(self) -> float:
        return self._number("cpu", "cpu.stat", "usage_usec") / 1e6
