"""One case in a sandbox, from the hand-over to the report: bytes are moved, clocks watched, limits held."""

from __future__ import annotations

import select
import signal
import time
from collections.abc import Callable
from typing import Any

from greenroom.judge import reading
from greenroom.judge.box import Box
from greenroom.judge.channel import Frame
from greenroom.judge.faults import BoxEndedError, BoxError, BoxTimeoutError, UnbegunError
from greenroom.judge.inside import frames
from greenroom.judge.pipes import Pipes
from greenroom.judge.reading import Report

_TICK_S = 0.02
_FIRST_S = 0.004
"""So long nobody wakes up for what a case writes: most have ended by then, and a full pipe (64 KiB) waits no longer."""


def job_of(source: bytes, body: bytes) -> bytes:
    """What the process of a Python case reads first: its source, and the encoded arguments of a function."""
    try:
        return frames.pair(source, body)
    except frames.FrameError as error:
        raise BoxError(str(error)) from None


class Exchange:
    """One case that *box* has been given: *head* says how it is run, *job* and *stdin* are what it reads.

    With *talk* it reads from and writes to another process (`Pipes`). Raises BoxError when the sandbox does not take
    it. `finish` must be called, or `close`.
    """

    def __init__(
        self,
        box: Box,
        head: dict[str, Any],
        job: bytes,
        stdin: bytes | memoryview,
        talk: tuple[int, int] | None = None,
    ) -> None:
        self._box = box
        box.begin(head["limits"])
        try:
            self._pipes = Pipes(job, stdin, head["limits"]["output_kb"] * 1024, talk)
        except OSError as error:
            raise BoxError(f"no pipes: {error.strerror}") from None
        try:
            box.channel.hand(head, self._pipes.theirs)
        except BoxError:
            self.close()
            raise
        self._pipes.handed_over()

    def finish(self, deadline: float, on_tick: Callable[[], None], on_overdue: Callable[[], None]) -> Report:
        """The report, by *deadline*; *on_tick* is called every 20 ms, *on_overdue* when the wall limit is reached.

        Raises BoxError when the sandbox is lost, UnbegunError when it could not begin the case.
        """
        try:
            head, body = self._await(deadline, on_tick, on_overdue)
            result, out, err = self._pipes.contents()
        except BoxEndedError:
            if self._box.ran_out():  # of what was there to be killed, the kernel chose the sandbox's own process
                return Report("memory", -signal.SIGKILL, 0.0, 0.0, 0.0, b"", b"", b"")
            raise
        finally:
            self.close()
        if self._pipes.excess and head.get("killed") is None:  # it ended by itself before it could be ended
            head = head | {"killed": "output"}
        if self._box.ran_out():
            head = head | {"killed": "memory"}
        try:
            return reading.report_of(head, result, out, err, body)
        except reading.SetUpError as error:
            raise UnbegunError(str(error)) from None
        except ValueError as error:
            raise BoxError(str(error)) from None

    def _await(self, deadline: float, on_tick: Callable[[], None], on_overdue: Callable[[], None]) -> Frame:
        poll = select.poll()
        line = self._box.channel.descriptor
        poll.register(line, select.POLLIN)
        self._pipes.register(poll, ends_only=True)
        told, looked = False, time.monotonic()
        patience = _FIRST_S
        while True:
            ready = [end for end, _ in poll.poll(patience * 1000)]
            if not ready and patience < _TICK_S:
                patience = _TICK_S
                self._pipes.register(poll)
            for end in ready:
                if end != line:
                    self._pipes.move(end, poll)
            if self._pipes.excess and not told:
                told = True
                self._box.send({"op": "kill", "why": "output"})
            if line in ready:
                head, body = self._box.receive(deadline)
                if "overdue" not in head:
                    return head, body
                on_overdue()
            now = time.monotonic()
            if now - looked >= _TICK_S:
                looked = now
                on_tick()
            if now > deadline:
                raise BoxTimeoutError("the sandbox does not answer")

    def close(self) -> None:
        """Let go of the pipes."""
        self._pipes.close()
