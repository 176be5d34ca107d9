"""A real Greenroom in a process of its own, as a person starts it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2 as httpx

_LINK = re.compile(r"http://\S+/enter\?link=\S+")
_OPEN = re.compile(r"Greenroom is open at (\S+)")
_FIRST = re.compile(r"http://\S+/register#\S+")


class Server:
    """`greenroom run` on a free port with a data folder of its own; `link` signs in once.

    With `GREENROOM_MODE=server` it is what makes the first admin's account.
    """

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.data_dir = data_dir
        self.database = environment.get("GREENROOM_DATABASE_URL", "")
        self._environment = environment
        self.output: list[str] = []

    def start(self) -> Self:
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "GREENROOM_DATA_DIR": str(self.data_dir)}
        env |= self._environment
        command = [sys.executable, "-m", "greenroom.cli.main", "run", "--no-browser"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env, start_new_session=True
        )
        self._ready = threading.Event()
        self.link = self.address = ""
        threading.Thread(target=self._read, daemon=True).start()
        if not self._ready.wait(90) or not (self.link or self.address):
            self.kill()
            raise AssertionError("the server did not start:\n" + "".join(self.output))
        self.address = self.address or self.link.partition("/enter")[0]
        return self

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            for line in stream:
                self.output.append(line)
                found = _LINK.search(line) or _FIRST.search(line)
                opened = _OPEN.search(line)
                if opened:
                    self.address = opened.group(1)
                if found:
                    self.link = found.group(0)
                if found or "Ctrl+C" in line:
                    self._ready.set()
        self._ready.set()

    def workers(self) -> set[int]:
        """The server processes that are there now, where there are several; the supervisor is none of them."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="utf-8")
        return {int(one) for one in children.split()}

    def worker_of(self, answer: httpx.Response) -> int:
        """Which of them gave *answer*, and will get what comes next on its connection."""
        _, port = answer.extensions["network_stream"].get_extra_info("client_addr")
        inode = _inode(int(self.address.rpartition(":")[2]), port)
        return next(pid for pid in self.workers() if _holds(pid, inode))

    def kill(self) -> None:
        """`kill -9`, as the machine would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def wait_until(condition: object, seconds: float = 60.0) -> None:
    """Wait for *condition* (a callable) to hold; fails after *seconds*, which is for hangs and not for speed."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def two_workers(data_dir: Path, database: str, **environment: str) -> Server:
    """A server of two processes on the PostgreSQL database at the address *database*, where anybody may register."""
    shared = {
        "GREENROOM_MODE": "server",
        "GREENROOM_WORKERS": "2",
        "GREENROOM_DATABASE_URL": database,
        "GREENROOM_REGISTRATION": "open",
        "GREENROOM_JUDGE_JOBS": "2",
    }
    return Server(data_dir, **(shared | environment))


def _inode(local: int, remote: int) -> str:
    """The socket's inode of the server's end of a connection over IPv4, by its two ports."""
    for line in Path("/proc/net/tcp").read_text(encoding="utf-8").splitlines()[1:]:
        fields = line.split()
        ports = [int(fields[n].partition(":")[2], 16) for n in (1, 2)]
        if ports == [local, remote]:
            return fields[9]
    raise AssertionError("there is no such connection any more")


def _holds(pid: int, inode: str) -> bool:
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if str(descriptor.readlink()) == f"socket:[{inode}]":
                return True
    return False
