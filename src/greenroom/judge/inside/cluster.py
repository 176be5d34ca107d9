"""PID 1 of PostgreSQL's sandbox: makes a cluster or runs one, and hands out connections to it.

Frames on the control channel:

    make {argv, libraries}         run initdb, which makes `{cluster}`    -> {made, names, sizes} + the cluster's files
    start {argv, libraries, names, sizes}   body: such files; run the server       -> {started}
    connect                        -> {connected} with a descriptor, a socket that is connected to the server

or {failed: why}. `{cluster}` and `{sockets}` in an argv are places here, *libraries* a path to search.

The server's socket lies in this sandbox alone, in a folder of its user's: whoever has a descriptor was given it. All of
it ends with the control channel, and with the server.
"""

from __future__ import annotations

import array
import os
import resource
import select
import signal
import socket
import time

from . import frames, handing, limits, sweep, syscalls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from .confine import Walls

MOST_FILE_MB = 96
"""The largest file that a server's process writes: a table, or a sort."""

MOST_DATA_MB = 96
"""What one process of the server may take for itself; beyond it a statement fails, and nothing else does."""

_LISTENER = ".s.PGSQL.5432"
_START_S = 60.0
_LOOK_S = 0.005
_MOST_CLUSTER = 60 * 1024 * 1024


def serve(channel: int, walls: Walls) -> NoReturn:
    """Say that the walls stand, then do what is asked until the supervisor or the server is gone."""
    try:
        frames.write(channel, {"ready": walls.names})
        _Cluster(channel, walls).live()
    except (frames.EndOfStreamError, BrokenPipeError, ConnectionResetError):
        pass
    finally:
        sweep.kill_all(alone=walls.alone)
        sweep.abandon(walls.scratch, alone=walls.alone)
        if walls.built is not None:
            sweep.abandon(walls.built, alone=walls.alone)
        os._exit(0)


class _Cluster:
    def __init__(self, channel: int, walls: Walls) -> None:
        self._line = socket.socket(fileno=channel)
        self._walls = walls
        self._home = os.path.join(walls.scratch, "home")
        os.mkdir(self._home, 0o700)
        self._pid: int | None = None

    def live(self) -> None:
        """Obey until the server that was started has ended."""
        poll = select.poll()
        poll.register(self._line, select.POLLIN)
        bell, ringer = os.pipe()
        os.set_blocking(ringer, False)
        poll.register(bell, select.POLLIN)
        signal.set_wakeup_fd(ringer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while True:
            for descriptor, _ in poll.poll():
                if descriptor == self._line.fileno():
                    self._obey()
                else:
                    os.read(bell, 4096)
            if self._pid is not None and self._has_ended():
                return

    def _has_ended(self) -> bool:
        """Bury who has ended; whether the server is among them."""
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return True
            if pid in (0, self._pid):
                return pid != 0

    def _obey(self) -> None:
        head, body = frames.read(self._line.fileno())
        work = {"make": self._make, "start": self._start, "connect": self._connect}[head["op"]]
        try:
            said, content, given = work(head, body)
        except (OSError, ValueError) as error:
            said, content, given = {"failed": f"{type(error).__name__}: {error}"[:400]}, b"", None
        if given is None:
            frames.write(self._line.fileno(), said, content)
            return
        with given:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [given.fileno()]))]
            self._line.sendmsg([frames.pack(said)], rights)

    def _make(self, head: dict[str, Any], _body: bytes) -> tuple[dict[str, Any], bytes, socket.socket | None]:
        pid = self._run(head, limited=False)
        _, status = os.waitpid(pid, 0)
        if status:
            raise ValueError(f"initdb ended with {os.waitstatus_to_exitcode(status)}: {self._said()}")
        cluster = os.path.join(self._home, "cluster")
        folders = [
            os.path.relpath(os.path.join(base, name), cluster) + "/"
            for base, names, _ in os.walk(cluster)
            for name in names
        ]
        files, body = handing.collect(cluster, _MOST_CLUSTER)
        if "excess" in files:
            raise ValueError("the cluster is too large")
        sizes = [0] * len(folders) + files["sizes"]
        return {"made": True, "names": folders + files["names"], "sizes": sizes}, body, None

    def _start(self, head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes, socket.socket | None]:
        cluster = os.path.join(self._home, "cluster")
        os.mkdir(cluster, 0o700)
        handing.put(cluster, head["names"], head["sizes"], body)
        if self._walls.built is not None:  # a full disk of data must not be one of the log, which ends the server
            log = os.path.join(self._walls.built, "wal")
            os.rename(os.path.join(cluster, "pg_wal"), os.path.join(cluster, "pg_wal.made"))
            os.mkdir(log, 0o700)
            for name in os.listdir(os.path.join(cluster, "pg_wal.made")):
                _move(os.path.join(cluster, "pg_wal.made", name), os.path.join(log, name))
            os.symlink(log, os.path.join(cluster, "pg_wal"))
        self._pid = self._run(head, limited=True)
        self._await(os.path.join(cluster, "postmaster.pid"))
        return {"started": True}, b"", None

    def _await(self, state: str) -> None:
        """Wait until the server says in its file *state* that it takes connections."""
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            try:
                with open(state, encoding="ascii", errors="replace") as stream:
                    if stream.read().rstrip().endswith("ready"):
                        return
            except FileNotFoundError:
                pass
            if self._has_ended():
                raise ValueError(f"the server did not start: {self._said()}")
            time.sleep(_LOOK_S)
        raise ValueError("the server did not start in time")

    def _connect(self, _head: dict[str, Any], _body: bytes) -> tuple[dict[str, Any], bytes, socket.socket | None]:
        line = socket.socket(socket.AF_UNIX)
        try:
            line.settimeout(_START_S)
            line.connect(os.path.join(self._home, _LISTENER))
            line.setblocking(True)
        except OSError:
            line.close()
            raise
        return {"connected": True}, b"", line

    def _run(self, head: dict[str, Any], *, limited: bool) -> int:
        argv = list(head["argv"])
        places = {"{cluster}": os.path.join(self._home, "cluster"), "{sockets}": self._home}
        for name, place in places.items():
            argv = [word.replace(name, place) for word in argv]
        pid = os.fork()
        if pid:
            return pid
        try:
            os.setsid()
            syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            self._redirect()
            limits.settle(8)
            limits.confine(self._walls)
            os.closerange(3, 1 << 16)
            if limited:
                _limit()
            # Without /proc the loader cannot find what lies beside a program.
            paths = {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": head["libraries"]}
            os.execve(argv[0], argv, {"LC_ALL": "C", "TZ": "UTC", **paths})
        except BaseException as error:
            os.write(2, f"{argv[0]}: {error}\n".encode()[:500])
        finally:
            os._exit(127)

    def _redirect(self) -> None:
        null = os.open(os.devnull, os.O_RDWR)
        said = os.open(os.path.join(self._home, "said"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for target, end in ((0, null), (1, null), (2, said)):
            os.dup2(end, target)

    def _said(self) -> str:
        with open(os.path.join(self._home, "said"), "rb") as stream:
            return stream.read()[-300:].decode("utf-8", "replace").strip()


def _limit() -> None:
    for which, value in (
        (resource.RLIMIT_DATA, MOST_DATA_MB * limits.MB),
        (resource.RLIMIT_FSIZE, MOST_FILE_MB * limits.MB),
        (resource.RLIMIT_NOFILE, 512),
    ):
        resource.setrlimit(which, (value, value))


def _move(source: str, target: str) -> None:
    """Move a file to another file system, or an empty folder."""
    if os.path.isdir(source):
        os.mkdir(target, 0o700)
        return
    with open(source, "rb") as old, open(target, "wb") as new:
        while part := old.read(1 << 20):
            new.write(part)
    os.unlink(source)
