"""One sandbox as the supervisor holds it: a process behind walls and a socket to speak with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from greenroom.judge import census, slots
from greenroom.judge.channel import Channel, Frame
from greenroom.judge.environments import HIDDEN, PLAIN, Environment
from greenroom.judge.faults import BoxEndedError, BoxError
from greenroom.judge.starting import Host, launch
from greenroom.judge.zygotes import Forked, Zygote

_START_S = 60.0

Role = Literal["examinee", "examiner", "compiler", "runner"]
"""The examinee runs Python; a compiler makes the program of another language, which a runner runs."""

_BUILT_MB = 64


class Box:
    """A sandbox of *tier*, started and not yet ready: `ready()` waits for its walls.

    *limits* are put on whatever runs inside; `disk_mb` also sizes its /tmp. *bring* is what it sees of the host beside
    Python's library and that of *environment*. It is forked by *zygote*, which has this environment, or is a fresh
    process where there is none. Raises BoxError when the process cannot be started at all.
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
    ) -> None:
        programs = role in ("compiler", "runner")
        self.tier = tier
        self.walls: tuple[str, ...] = ()
        self.idle_kb = 0
        self.pid = 0
        self._pidfd: int | None = None
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._slot = _slot(host)
        self._scratch = _scratch_folder(host, self._slot) if tier > 1 else None
        self._built = _scratch_folder(host, self._slot) if tier > 1 and programs else None
        ours, theirs = socket.socketpair()
        self.channel = Channel(ours)
        try:
            with theirs:
                if zygote is not None:
                    self._process = zygote.fork(theirs)
                else:
                    self._process = launch(host.interpreter, theirs.fileno(), "box", environment)
        except BoxError:
            self._forget()
            raise
        config = {
            "tier": tier,
            "role": role,
            "limits": limits,
            "disk_mb": limits["disk_mb"],
            "uid": self._slot.uid if self._slot else None,
            "supervisor": os.getpid(),
            "scratch": str(self._scratch),
            "built": str(self._built) if self._built else None,
            "built_mb": _BUILT_MB if programs else 0,
            "bring": list(bring),
            "libraries": list(environment.paths),
            "hide": [str(HIDDEN)],
            "allow_exec": programs,
        }
        with contextlib.suppress(BoxError):  # it ended at once; `ready` says so
            self.send(config)

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
        self.walls = tuple(map(str, head["ready"])) or ("nothing",)
        self.idle_kb = census.resident_kb(self.pid)

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
        """Whether its process still runs."""
        return self._process is not None and self._process.poll() is None

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


def _scratch_folder(host: Host, slot: slots.Slot | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="greenroom-", dir=host.scratch))
    if slot is not None:
        os.chown(folder, slot.uid, slot.uid)
    return folder


def _kill_descendants(root: int) -> None:
    for _ in range(100):
        found = list(census.descendants(root))
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)
