"""The lab's PostgreSQL as a project sees it: a `pg8000` connection whose bytes go to the examiner, who passes them on.

Frames: {to: postgres, what: open} -> {connection}, or {refused}; then {what: send, connection} with bytes, unanswered;
{what: close, connection}. The server's bytes come as the stream of the connection's number (`agent.py`).
"""

from __future__ import annotations

import io

from pg8000 import dbapi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from _typeshed import ReadableBuffer, WriteableBuffer

    from .agent import Agent

USER = "lab"
"""What the driver has to call itself; who it is, is not its to say."""


class Line(io.RawIOBase):
    """The bytes of one connection."""

    def __init__(self, agent: Agent, number: int) -> None:
        self._agent, self._number = agent, number
        self._left = b""
        self._over = False

    def readable(self) -> bool:
        """Yes."""
        return True

    def writable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Wait for bytes; 0 once the server has ended the connection."""
        if not self._left and not self._over:
            self._left = self._agent.streams[self._number].get()
            self._over = not self._left
        view = memoryview(buffer).cast("B")
        part, self._left = self._left[: len(view)], self._left[len(view) :]
        view[: len(part)] = part
        return len(part)

    def write(self, data: ReadableBuffer) -> int:
        """Send bytes."""
        sent = bytes(data)
        if self._over:
            raise BrokenPipeError("the server has ended the connection")
        self._agent.send({"to": "postgres", "what": "send", "connection": self._number, "ask": 0}, sent)
        return len(sent)

    def close(self) -> None:
        """Leave."""
        if not self.closed:
            self._agent.send({"to": "postgres", "what": "close", "connection": self._number, "ask": 0})
            self._agent.streams.pop(self._number, None)
        super().close()


class _Socket:
    """As much of a socket as the driver uses."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def makefile(self, *_: object, **__: object) -> io.BufferedRWPair:
        """The line, with buffers."""
        return io.BufferedRWPair(self._line, self._line, 1 << 16)

    def close(self) -> None:
        """Leave."""
        self._line.close()

    def settimeout(self, _seconds: float | None) -> None:
        """The examiner waits no longer than it wants to."""


def connect(agent: Agent) -> Any:
    """A new connection. Raises `pg8000.dbapi.OperationalError` when there is no server, or no more connections."""
    reply, _ = agent.ask({"to": "postgres", "what": "open"})
    if "connection" not in reply:
        raise dbapi.OperationalError(str(reply.get("refused", "this lab has no PostgreSQL")))
    line = Line(agent, int(reply["connection"]))
    return dbapi.connect(USER, database=USER, sock=_Socket(line), ssl_context=False)
