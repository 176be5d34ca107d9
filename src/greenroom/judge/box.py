"""One sandbox as the supervisor holds it: a process behind walls and a socket to speak with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import structlog

from greenroom.judge import census, grounds, scratch, slots
from greenroom.judge.cgroups import Cgroup
from greenroom.judge.channel import Channel, Frame
from greenroom.judge.environments import HIDDEN, PLAIN, Environment
from greenroom.judge.faults import BoxEndedError, BoxError, line
from greenroom.judge.starting import Host, launch
from greenroom.judge.zygotes import Forked, Zygote

log = structlog.get_logger(__name__)

_START_S = 60.0

Role = Literal["examinee", "examiner", "compiler", "runner", "server"]
"""The examinee runs Python; a compiler makes the program of another language, which a runner runs.

A server is PostgreSQL.
"""

_BUILT_MB = 64
_FILES = 1024


class Box:
    """A sandbox of *tier*, started and not yet ready: `ready()` waits for its walls.

    *limits* are put on whatever runs inside; `disk_mb` also sizes its /tmp. *bring* is what it sees of the host beside
    Python's library and that of *environment*. It is forked by *zygote*, which has this environment, or is a fresh
    process where there is none. Where a uid may be chosen it is one of its own, or *user*. /tmp holds so many *files*.
    Raises BoxError when the process cannot be started at all.
    """

    def __init__(
        self,
        host: Host,
        *,
        tier: int,
        role: Role,
        limits: dict[str, Any],
        bring: tuple[str, ...] = (),
        environment: Environment = PLAIN,
        zygote: Zygote | None = None,
        user: int | None = None,
        files: int = _FILES,
    ) -> None:
        programs = role in ("compiler", "runner", "server")
        self.tier = tier
        self.walls: tuple[str, ...] = ()
        self.idle_kb = 0
        self.pid = 0
        self._pidfd: int | None = None
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._slot = _slot(host)
        self._scratch: Path | None = None
        self._built: Path | None = None
        self._cgroup: Cgroup | None = None
        self._out = False
        self._zygote = zygote
        self._room_mb = _BUILT_MB if programs else 0
        try:
            ours, theirs = line()
        except BoxError:
            if self._slot is not None:
                self._slot.give_back()
            raise
        self.channel = Channel(ours)
        try:
            with theirs:
                if tier > 1:
                    self._scratch = scratch.make(host, self._slot, limits["disk_mb"])
                    self._built = scratch.make(host, self._slot, _BUILT_MB) if programs else None
                    self._hand_over(user)
                if zygote is not None:
                    self._process = zygote.fork(theirs)
                else:
                    self._process = launch(host.interpreter, theirs.fileno(), "box", environment)
        except BoxError:
            self._forget()
            raise
        if tier < 3:
            self._enclose(self._process.pid, limits)
        config = {
            "tier": tier,
            "role": role,
            "limits": limits,
            "disk_mb": limits["disk_mb"],
            "uid": (self._slot.uid if user is None else user) if self._slot else None,
            "supervisor": os.getpid(),
            "scratch": str(self._scratch),
            "built": str(self._built) if self._built else None,
            "built_mb": self._room_mb,
            "files": files,
            "bring": list(bring),
            "libraries": list(environment.paths),
            "hide": [str(HIDDEN)],
            "allow_exec": programs,
        }
        with contextlib.suppress(BoxError):  # it ended at once; `ready` says so
            self.send(config)

    def _hand_over(self, user: int | None) -> None:
        for folder in (self._scratch, self._built):
            if folder is not None and self._slot is not None and user is not None:
                os.chown(folder, user, user)

    def ready(self) -> None:
        """Wait until the walls stand. Raises BoxError with the step that failed."""
        if self.walls:
            return
        deadline = time.monotonic() + _START_S
        head, _ = self.receive(deadline)
        if "pid" in head:
            self.pid = int(head["pid"])
            self._pidfd = _pidfd(self.pid)
            head, _ = self.receive(deadline)
        if "ready" not in head:
            raise BoxError(str(head.get("failed", "the sandbox gave no reason"))[:300])
        self.walls = (*map(str, head["ready"]), *([self._cgroup.name] if self._cgroup else [])) or ("nothing",)
        self.idle_kb = census.resident_kb(self.pid)
        self.cpu_s()  # what starting took is no case's

    def _enclose(self, pid: int, limits: dict[str, Any]) -> None:
        """Put the process, which has not forked yet, into a cgroup of its own; where that is refused, go without."""
        ground = grounds.available().ground
        if ground is None:
            return
        try:
            self._cgroup = ground.group()
            self._limit(self._cgroup, limits)
            self._cgroup.admit(pid)
        except ProcessLookupError:  # it has ended already; `ready` says so
            return
        except OSError as error:
            log.warning("a sandbox without its cgroup", reason=error.strerror)
            if self._cgroup is not None:
                self._cgroup.remove()
                self._cgroup = None

    def _limit(self, cgroup: Cgroup, limits: dict[str, Any]) -> None:
        """What lies in its folders is memory too, with limits of its own: these come on top."""
        memory_mb = limits["memory_mb"] + limits["disk_mb"] + self._room_mb
        cgroup.begin(memory_mb=memory_mb, processes=limits["processes"])

    def begin(self, limits: dict[str, Any]) -> None:
        """Hold all of it together to *limits* from now on, and count anew. Raises BoxError when that is refused."""
        if self._cgroup is None:
            return
        self._out = False
        try:
            self._limit(self._cgroup, limits)
        except OSError as error:
            raise BoxError(f"its cgroup cannot be set: {error.strerror}") from None

    def ran_out(self) -> bool:
        """Whether the kernel ended a process of the case because the sandbox was at its limit of memory.

        Raises BoxError when it did so although the sandbox was not: then it was the host that had none left.
        """
        with contextlib.suppress(OSError):
            if self._cgroup is None or not self._cgroup.killed():
                return False
            self._out = self._out or self._cgroup.reached()
            if self._out:
                return True
            raise BoxError("the host has run out of memory, and the kernel has ended a process of the sandbox")
        return False

    def cpu_s(self) -> float:
        """CPU seconds since `begin` by the cgroup's count, init's own among them; 0 without one."""
        with contextlib.suppress(OSError):
            return self._cgroup.cpu_s() if self._cgroup is not None else 0.0
        return 0.0

    @property
    def holds_memory(self) -> bool:
        """Whether the kernel holds the memory of all its processes together."""
        return self._cgroup is not None

    def lack(self, disk_mb: int) -> str | None:
        """What is to be said when the host's disk, where it writes to one, has less than *disk_mb* left."""
        return scratch.lacking(self._scratch, disk_mb) if self._scratch is not None else None

    def overfull(self, disk_mb: int) -> bool:
        """Whether what lies in its folder, where that is one of the host's, is more than *disk_mb* together."""
        return self._scratch is not None and scratch.overfull(self._scratch, disk_mb)

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send one frame. Raises BoxError when it is not taken in time."""
        self.channel.send(head, body)

    def receive(self, deadline: float, on_tick: Callable[[], None] | None = None) -> Frame:
        """The next frame, by *deadline*, as `Channel.receive` gives it; the error says how the sandbox ended."""
        try:
            return self.channel.receive(deadline, on_tick)
        except BoxEndedError as error:
            raise BoxEndedError(f"{error} ({self._ending()})") from None

    def _ending(self) -> str:
        process = self._process
        if process is None:
            return "killed"
        try:
            ended = process.wait(timeout=1)
            return "how, its zygote knows" if isinstance(process, Forked) else f"exit {ended}"
        except subprocess.TimeoutExpired:
            return "still there"

    def strike(self) -> None:
        """Send the signal that ends it, without waiting; `kill` must still be called."""
        if self.tier == 1 and self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def kill(self) -> None:
        """End every process of the sandbox and give back what it held. May be called twice and from any thread."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            self._kill_inside(process)
            process.kill()
        process.wait()
        if isinstance(process, Forked):
            process.close()
        self._forget()

    @property
    def alive(self) -> bool:
        """Whether its process still runs, and the zygote with which it ends."""
        running = self._process is not None and self._process.poll() is None
        return running and (self._zygote is None or self._zygote.alive)

    @property
    def lasts(self) -> bool:
        """Whether it lives on when the thread that started it has ended: a fresh process does not."""
        return self._zygote is not None

    def _kill_inside(self, process: subprocess.Popen[bytes] | Forked) -> None:
        if self.tier > 1:  # no namespace ends with its init, so the others go first
            _kill_descendants(process.pid)
            return
        if self._pidfd is None:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):  # the outer process reaps the inner one, then ends itself
            process.wait(timeout=5)

    def _forget(self) -> None:
        self.channel.close()
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None
        for folder in (self._scratch, self._built):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
        self._scratch = self._built = None
        if self._cgroup is not None:
            self._cgroup.remove()
            self._cgroup = None
        if self._slot is not None:
            self._slot.give_back()
            self._slot = None


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _slot(host: Host) -> slots.Slot | None:
    """A uid of its own for a box, where this process may give one."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    try:
        return slots.take(host.first_uid)
    except OSError as error:
        raise BoxError(f"no uid for the sandbox: {error.strerror}") from None


def _kill_descendants(root: int) -> None:
    for _ in range(100):
        found = list(census.descendants(root))
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)
