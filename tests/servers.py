"""A real Greenroom in a process of its own, as a person starts it."""

from __future__ import annotations

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

_LINK = re.compile(r"http://\S+/enter\?link=\S+")
_OPEN = re.compile(r"Greenroom is open at (\S+)")
_FIRST = re.compile(r"http://\S+/register#\S+")


class Server:
    """`greenroom run` on a free port with a data folder of its own; `link` signs in once.

    With `GREENROOM_MODE=server` it is what makes the first admin's account.
    """

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.data_dir = data_dir
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
