"""Zygotes as the supervisor holds them: processes that fork sandboxes on request (`inside/zygote.py`)."""

from __future__ import annotations

import array
import contextlib
import os
import select
import signal
import socket
import subprocess
import threading

from greenroom.judge.environments import PLAIN, Environment
from greenroom.judge.faults import BoxError, line
from greenroom.judge.starting import Host, launch

_FD = array.array("i").itemsize
_ANSWER_S = 30.0


def _has_ended(pidfd: int, timeout_ms: float | None) -> bool:
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(timeout_ms))


class Forked:
    """A process that a zygote has forked: what `subprocess.Popen` is for one of our own, as far as boxes need it."""

    def __init__(self, pid: int, pidfd: int) -> None:
        self.pid = pid
        self._pidfd = pidfd

    def poll(self) -> int | None:
        """0 when it has ended (how, only the zygote knows), else None."""
        try:
            self.wait(timeout=0)
        except subprocess.TimeoutExpired:
            return None
        return 0

    def kill(self) -> None:
        """SIGKILL."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired after *timeout* seconds."""
        if not _has_ended(self._pidfd, None if timeout is None else timeout * 1000):
            raise subprocess.TimeoutExpired("sandbox", timeout or 0)
        return 0

    def close(self) -> None:
        """Forget it."""
        os.close(self._pidfd)


class Zygote:
    """One zygote, of one *environment*.

    It ends with the thread that made it, so that thread must live as long as it is wanted. Raises BoxError when it
    cannot be started.
    """

    def __init__(self, host: Host, environment: Environment = PLAIN) -> None:
        self._lock, self._watching = threading.Lock(), threading.Lock()
        self._control, theirs = line(socket.SOCK_SEQPACKET)
        self._control.settimeout(_ANSWER_S)
        with theirs:
            try:
                self._process = launch(host.interpreter, theirs.fileno(), "zygote", environment)
            except BoxError:
                self._control.close()
                raise
        try:
            self._pidfd = os.pidfd_open(self._process.pid)
        except OSError as error:
            self._control.close()
            self._process.kill()
            self._process.wait()
            raise BoxError(f"the zygote cannot be watched: {error.strerror}") from None
        self._closed = False

    @property
    def pid(self) -> int:
        """Its PID."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be asked. `Popen.poll` knows nothing while another thread waits for it."""
        with self._watching:
            return not self._closed and not _has_ended(self._pidfd, 0)

    def fork(self, channel: socket.socket) -> Forked:
        """A new process that reads its config from *channel*. Raises BoxError when the zygote is lost."""
        rights = array.array("i", [channel.fileno()])
        with self._lock:
            try:
                self._control.sendmsg([b"+"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
                said, ancillary, _, _ = self._control.recvmsg(32, socket.CMSG_SPACE(_FD))
            except OSError as error:
                self._process.kill()  # a stuck one is replaced like one that has ended
                raise BoxError(f"the zygote is lost: {type(error).__name__}") from None
        if not said or not ancillary:
            raise BoxError("the zygote, or what it forked, has ended")
        (pidfd,) = array.array("i", ancillary[0][2])
        return Forked(int(said), pidfd)

    def close(self) -> None:
        """End it, and with it all that it has forked."""
        self._process.kill()
        self._process.wait()
        self._control.close()
        with self._watching:
            if not self._closed:
                os.close(self._pidfd)
            self._closed = True
