"""Several server processes on one listening socket: who starts them, and what each of them does.

The supervisor serves nothing itself. A worker that ends is replaced. Each worker holds the reading end of a pipe
from its supervisor: when that is gone, also by `kill -9`, the worker ends as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable

import structlog

from greenroom.kernel.errors import EnvironmentFault

log = structlog.get_logger(__name__)

_READY = b"ready\n"
_END_S = 30.0
_LONGEST_PAUSE_S = 30.0
_SETTLED_S = 10.0
"""A worker that lived so long is replaced at once; one that did not, after a pause that grows."""


class Supervisor:
    """Keeps *count* workers serving on *listener*."""

    def __init__(self, count: int, listener: socket.socket) -> None:
        self._count = count
        self._listener = listener
        self._running: set[Process] = set()
        self._ending = asyncio.Event()

    async def run(self, on_ready: Callable[[], Awaitable[None]]) -> None:
        """Start all, call *on_ready* when they serve, and go on until SIGTERM or SIGINT.

        Raises EnvironmentFault when a worker cannot start at first: it has said why.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ending.set)
        try:
            first = [await self._start() for _ in range(self._count)]
            if all([await _is_ready(one) for one in first]):  # every one is asked
                await on_ready()
                await self._keep(first)
            elif not self._ending.is_set():
                mend = "what it said stands above; start again with GREENROOM_WORKERS=1 to see more"
                raise EnvironmentFault("a server process could not start", mend=mend)
        finally:
            await self._end()

    async def _keep(self, first: list[Process]) -> None:
        slots = [asyncio.create_task(self._keep_one(one)) for one in first]
        await self._ending.wait()
        for slot in slots:
            slot.cancel()
        await asyncio.gather(*slots, return_exceptions=True)

    async def _keep_one(self, process: Process) -> None:
        pause = 0.0
        while True:
            began = time.monotonic()
            code = await process.wait()
            self._running.discard(process)
            log.warning("a server process ended and is replaced", pid=process.pid, code=code)
            pause = 0.0 if time.monotonic() - began > _SETTLED_S else min(_LONGEST_PAUSE_S, 2 * pause + 0.5)
            await asyncio.sleep(pause)
            process = await self._start()
            await _is_ready(process)

    async def _start(self) -> Process:
        # In a session of its own: Ctrl+C reaches the supervisor alone, which ends the workers in order.
        listener = self._listener.fileno()
        command = [sys.executable, "-m", "greenroom.cli.workers", str(listener)]
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, pass_fds=[listener], start_new_session=True
        )
        self._running.add(process)
        return process

    async def _end(self) -> None:
        living = [one for one in self._running if one.returncode is None]
        for one in living:
            _signal(one, signal.SIGTERM)
        try:
            async with asyncio.timeout(_END_S):
                await asyncio.gather(*(one.wait() for one in living))
        except TimeoutError:
            for one in living:
                _signal(one, signal.SIGKILL)
            await asyncio.gather(*(one.wait() for one in living))


async def _is_ready(process: Process) -> bool:
    """Wait until the worker serves; False when it has ended before."""
    assert process.stdout is not None
    return await process.stdout.readline() == _READY


def _signal(process: Process, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


def main() -> None:
    """A worker's main: serves on the inherited socket whose descriptor is the argument."""
    from greenroom.cli.serving import new_server, serve

    listener = socket.socket(fileno=int(sys.argv[1]))
    server = new_server()

    def end_with_the_supervisor() -> None:
        os.read(sys.stdin.fileno(), 1)
        server.should_exit = True

    async def tell() -> None:
        os.write(sys.stdout.fileno(), _READY)

    threading.Thread(target=end_with_the_supervisor, name="greenroom-supervisor", daemon=True).start()
    if not asyncio.run(serve(server, listener, tell)):
        sys.exit(2)


if __name__ == "__main__":
    main()
