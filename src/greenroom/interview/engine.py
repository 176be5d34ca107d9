"""The simulator's compiled engine: made ahead in a process of its own, loaded while a candidate reads."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable

import structlog

from greenroom.simulator import warm

log = structlog.get_logger(__name__)

_LOOK_S = 0.25
_LONGEST_S = 240.0
"""After so long without a compiled engine on disk it is compiled here."""


class Engine:
    """Thread-safe. `ready` says whether a run begins at once."""

    def __init__(self) -> None:
        self._loaded = threading.Event()
        self._loading = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def ready(self) -> bool:
        """Whether it is in this process."""
        return self._loaded.is_set()

    def compile_ahead(self) -> None:
        """Begin to compile it at low priority, unless it lies on disk. Returns at once."""
        if self._child is not None or warm.is_compiled():
            return
        command = [sys.executable, "-m", "greenroom.simulator.warm"]
        nothing = subprocess.DEVNULL
        try:
            self._child = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)  # noqa: S603 (our own)
        except OSError as error:
            log.warning("the simulator is compiled at its first run", reason=error.strerror)

    def make_ready(self, on: Callable[[], bool] = lambda: True) -> None:
        """Have it in this process. Blocks for some seconds, or most of a minute at the very first time.

        While it waits for the compiler *on* is asked; once that is false it gives up.
        """
        if self.ready:
            return
        self.compile_ahead()
        pause, waited = threading.Event(), 0.0
        while not warm.is_compiled() and waited < _LONGEST_S and on():
            pause.wait(_LOOK_S)
            waited += _LOOK_S
            if self._child is not None and self._child.poll() and not warm.is_compiled():
                break  # it failed, and says nothing: what follows will
        with self._loading:
            if on() and not self.ready:
                warm.load()
                self._loaded.set()

    def close(self) -> None:
        """End the compiler, if it is at work still."""
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
            self._child.wait()
