"""The pipes of one case: what goes to the process that runs it, and what comes back, moved by the supervisor.

They lead from the supervisor to that process alone. The sandbox's init hands the ends on and never reads from them, so
nothing of a case is left in the memory from which the next one is forked.
"""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Iterable

from greenroom.judge.inside.terms import HEADER, MAX_RESULT

_CHUNK = 1 << 16
_EMPTY_HOLDS = 4096
"""Bytes that every empty pipe takes without blocking (PIPE_BUF of limits.h; Linux's take 64 KiB)."""


class Pipes:
    """One case's stdin, stdout, stderr, result and job pipes. `theirs` are the ends to hand over, in that order.

    *job* and *stdin* are written as they are taken; more than *most* bytes of stdout and stderr together, or of a
    result, is `excess`: from then on nothing is read. With *talk*, two ends that lead to another process, these are its
    stdin and stdout, and nothing of what passes there is seen here; they are closed once they are handed over.
    """

    def __init__(self, job: bytes, stdin: bytes | memoryview, most: int, talk: tuple[int, int] | None = None) -> None:
        self._most = most
        self.excess = False
        made: list[tuple[int, int]] = []
        try:
            made.extend(os.pipe() for _ in range(5 if talk is None else 3))
        except OSError:
            _close((*(end for pair in made for end in pair), *(talk or ())))
            raise
        (err_r, err_w), (result_r, result_w), (job_r, job_w) = made[:3]
        self._written = {job_w: memoryview(job)}
        self._kept = {err_r: bytearray(), result_r: bytearray()}
        self._order: tuple[int | None, int | None, int | None] = (result_r, None, err_r)
        if talk is None:
            (stdin_r, stdin_w), (out_r, out_w) = made[3:]
            self._written[stdin_w] = memoryview(stdin)
            self._kept[out_r] = bytearray()
            self._order = (result_r, out_r, err_r)
            talk = stdin_r, out_w
        self.theirs: tuple[int, ...] = (*talk, err_w, result_w, job_r)
        self._printed = 0
        self._open = set(self._kept)
        for end in self._kept:
            os.set_blocking(end, False)
        for end, content in self._written.items():
            if len(content) > _EMPTY_HOLDS:
                os.set_blocking(end, False)

    def handed_over(self) -> None:
        """Close the ends that the other side has now, and write what goes in at once."""
        _close(self.theirs)
        self.theirs = ()
        for end in list(self._written):
            self._write(end)

    def register(self, poll: select.poll, *, ends_only: bool = False) -> None:
        """Have *poll* wait for them; with *ends_only* for what comes back only once the other side has closed it."""
        for end in self._written:
            poll.register(end, select.POLLOUT)
        for end in self._open:
            poll.register(end, 0 if ends_only else select.POLLIN)

    def move(self, end: int, poll: select.poll) -> None:
        """Write to *end* or read from it, as far as that goes without waiting."""
        if end in self._written:
            self._write(end)
            if end not in self._written:
                poll.unregister(end)
        elif end in self._open and not self._read(end):
            self._open.remove(end)
            poll.unregister(end)

    def _write(self, end: int) -> None:
        left = self._written[end]
        try:
            while left:
                left = left[os.write(end, left[: 16 * _CHUNK]) :]
        except BlockingIOError:
            self._written[end] = left
            return
        except BrokenPipeError:  # it ended, or does not read its input
            pass
        del self._written[end]
        os.close(end)

    def _read(self, end: int) -> bool:
        """Read once; False when there is nothing more to come, or nothing more is wanted."""
        try:
            part = os.read(end, _CHUNK)
        except BlockingIOError:
            return True
        kept = self._kept[end]
        kept += part
        if end == self._order[0]:
            self.excess |= len(kept) > HEADER + MAX_RESULT
        else:
            self._printed += len(part)
            self.excess |= self._printed > self._most
        return bool(part) and not self.excess

    def contents(self) -> tuple[bytes, bytes, bytes]:
        """(result, stdout, stderr), once every writer is dead: what is still in the pipes is read first."""
        for end in self._order:
            while end is not None and end in self._open and not self.excess:
                before = len(self._kept[end])
                if not self._read(end) or len(self._kept[end]) == before:
                    break
        result, out, err = (bytes(self._kept[end]) if end is not None else b"" for end in self._order)
        return result, out, err

    def close(self) -> None:
        """Let go of all of them; may be called twice."""
        _close((*self.theirs, *self._written, *self._kept))
        self.theirs, self._written, self._kept = (), {}, {}
        self._open = set()


def _close(ends: Iterable[int]) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            os.close(end)
