"""One end of a socket to a sandboxed process, as the supervisor holds it: frames, with deadlines."""

from __future__ import annotations

import array
import os
import select
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from greenroom.judge.faults import BoxEndedError, BoxError, BoxTimeoutError
from greenroom.judge.inside import frames

_SEND_S = 30.0
_TICK_S = 0.02
_CHUNK = 1 << 18

Frame = tuple[dict[str, Any], bytes]


class Channel:
    """Frames to and from the process that holds the other end of *end*. One thread at a time."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._socket.settimeout(_SEND_S)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send one frame. Raises BoxError when it is not taken in time."""
        try:
            self._socket.sendall(frames.pack(head, body))
        except frames.FrameError as error:
            raise BoxError(str(error)) from None
        except ConnectionError:
            return  # it has ended; what it said before that, or its silence, is for `receive`
        except OSError as error:
            raise BoxError(f"the sandbox does not listen: {type(error).__name__}") from None

    @property
    def descriptor(self) -> int:
        """Its descriptor, to be waited for."""
        return self._socket.fileno()

    def hand(self, head: dict[str, Any], given: Sequence[int]) -> None:
        """Send *head* and with it the descriptors *given*, of which the other side gets copies. Raises BoxError."""
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", given))]
        try:
            packed = frames.pack(head)
            sent = self._socket.sendmsg([packed], rights)
            if sent < len(packed):
                self._socket.sendall(packed[sent:])
        except ConnectionError:
            raise BoxEndedError("the sandbox ended") from None
        except OSError as error:
            raise BoxError(f"the sandbox does not listen: {type(error).__name__}") from None

    def receive(self, deadline: float, on_tick: Callable[[], None] | None = None) -> Frame:
        """The next frame, by *deadline* (of `time.monotonic`); *on_tick* is called every 20 ms until it is there.

        Raises BoxTimeoutError, BoxEndedError, or BoxError when the other side sent what is not a frame.
        """
        try:
            head_length, body_length = frames.lengths(self._read(frames.PREFIX, deadline, on_tick))
            head = frames.parse_head(self._read(head_length, deadline, on_tick))
            return head, self._read(body_length, deadline, on_tick)
        except frames.FrameError as error:
            raise BoxError(str(error)) from None

    def receive_given(self, deadline: float) -> tuple[dict[str, Any], int | None]:
        """The head of the next frame, which has no body, and the descriptor that came with it, if any.

        Raises as `receive` does.
        """
        self._await(deadline, None)
        size = array.array("i").itemsize
        try:
            prefix, ancillary, _, _ = self._socket.recvmsg(frames.PREFIX, socket.CMSG_SPACE(size))
            given = [end for _, _, data in ancillary for end in array.array("i", data[: len(data) - len(data) % size])]
            if not prefix:
                raise BoxEndedError("the sandbox ended")
            head_length, _ = frames.lengths(prefix + self._read(frames.PREFIX - len(prefix), deadline, None))
            return frames.parse_head(self._read(head_length, deadline, None)), next(iter(given), None)
        except ConnectionError:
            raise BoxEndedError("the sandbox ended") from None
        except frames.FrameError as error:
            raise BoxError(str(error)) from None

    def _read(self, count: int, deadline: float, on_tick: Callable[[], None] | None) -> bytes:
        parts: list[bytes] = []
        while count:
            try:
                part = os.read(self._socket.fileno(), min(count, _CHUNK))  # with a timeout it does not block
            except BlockingIOError:
                self._await(deadline, on_tick)
                continue
            except ConnectionError:
                raise BoxEndedError("the sandbox ended") from None
            except OSError as error:
                raise BoxError(f"the sandbox is gone: {type(error).__name__}") from None
            if not part:
                raise BoxEndedError("the sandbox ended")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _await(self, deadline: float, on_tick: Callable[[], None] | None) -> None:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise BoxTimeoutError("the sandbox does not answer")
            if self._poll.poll(1000 * (min(left, _TICK_S) if on_tick else left)):
                return
            if on_tick is not None:
                on_tick()

    def close(self) -> None:
        """Let go of it; the other side reads the end of the stream."""
        self._socket.close()
