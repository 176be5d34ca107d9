"""One connection of a project's to the real PostgreSQL: what passes in both directions is read on the way."""

from __future__ import annotations

import contextlib
import socket
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol

from greenroom.judge.probes import wire
from greenroom.judge.probes.database import TRANSACTION
from greenroom.judge.probes.seats import Board, Seat
from greenroom.judge.probes.wire import Message, WireError

_MOST_PREPARED = 1000
_MOST_WAITING = 16 * 1024 * 1024
_CHUNK = 1 << 18
_FROM_PROJECTS = frozenset("QPBDECSHXdcf")
"""Query, Parse, Bind, Describe, Execute, Close, Sync, Flush, Terminate and COPY; no direct calls of functions."""

_TROUBLE = frozenset({"53100", "57P02", "57P03", "58000", "58030"})
"""SQLSTATEs that are the server's own fault: its disk is full, another's session has crashed."""


@dataclass(eq=False)
class Statement:
    """One statement as it reached the server; `error` is the SQLSTATE that it was refused with."""

    sql: str
    connection: int
    parameters: tuple[str | bytes | None, ...] = ()
    error: str | None = None

    @property
    def is_query(self) -> bool:
        """Whether it reads or changes rows: transactions and settings do not."""
        return not self.sql.lstrip().upper().startswith((*TRANSACTION, "START", "SET", "SHOW"))


@dataclass(eq=False)
class Held:
    """A statement that has not reached the server yet."""

    seat: Seat
    connection: int
    sql: str
    statement: Statement
    link: Link = field(repr=False)


class Desk(Protocol):
    """Who decides of what passes."""

    def stops(self, held: Held) -> bool:
        """Whether it waits; it is kept there then."""

    def passed(self, statement: Statement) -> None:
        """It is on its way to the server."""

    def counted_rows(self, rows: int) -> None:
        """So many rows came back."""

    def trouble(self, why: str) -> None:
        """The server has failed."""


class Link:
    """A connection *number* of *seat* over *line*, which is connected, let in as process *pid*, and idle.

    `waiting` is whether the server has said that its statement waits for a lock, and not yet that it goes on;
    `transaction` its state (`I` none, `T` in one, `E` in one that has failed), `busy` whether an answer is to come.
    """

    def __init__(self, desk: Desk, board: Board, seat: Seat, number: int, line: socket.socket, about: dict[str, Any]):
        self._desk, self._board, self.seat, self.number, self._line = desk, board, seat, number, line
        self.pid = int(about["pid"])
        self._parameters: dict[str, str] = about["parameters"]
        self.waiting = False
        self.transaction = "I"
        self.held: Held | None = None
        self._answers_due = 0
        self._started = self._farewell = self._closed = False
        self._coming, self._going = bytearray(), bytearray()
        self._unsent = bytearray()
        self._queue: deque[Message] = deque()
        self._prepared: dict[str, str] = {}
        self._fresh: str | None = None
        self._current: Statement | None = None
        line.setblocking(False)
        board.watch(line.fileno(), self._from_server)
        self._outlet = line.dup()

    @property
    def busy(self) -> bool:
        """Whether the server still works on something of its."""
        return self._answers_due > 0

    # From the project

    def from_project(self, data: bytes) -> None:
        """Bytes of the project's driver. Raises WireError for what no driver sends."""
        if self._closed:
            return
        self._coming += data
        while not self._started:
            code = wire.start_taken(self._coming)
            if code is None:
                return
            self._started = code == wire.VERSION
            self._to_project(wire.welcome(self._parameters, self.pid) if self._started else b"N")
        self._queue.extend(wire.taken(self._coming))
        if sum(len(one.content) for one in self._queue) > _MOST_WAITING:
            raise WireError("too much at once")
        self.advance()

    def release(self) -> None:
        """Let the held statement go to the server."""
        held, self.held = self.held, None
        if held is not None and not self._closed:
            self._begin(held.statement)
            self._pass(self._queue.popleft())
            self.advance()

    def advance(self) -> None:
        """Pass on what nothing stops."""
        while self._queue and self.held is None:
            message = self._queue[0]
            if message.kind not in _FROM_PROJECTS:
                raise WireError(f"a message {message.kind!r}")
            statement = self._begun_by(message)
            if statement is not None:
                held = Held(self.seat, self.number, statement.sql, statement, self)
                if self._desk.stops(held):
                    self.held = held
                    break
                self._begin(statement)
            self._pass(self._queue.popleft())
        self._flush()

    def _begun_by(self, message: Message) -> Statement | None:
        """The statement that *message* is the first of."""
        if message.kind == "Q":
            sql = wire.texts(message.content, 1)[0]
            return Statement(sql, self.number) if sql.strip() else None
        if message.kind == "P":
            name, sql = wire.texts(message.content, 2)
            if len(self._prepared) > _MOST_PREPARED:
                raise WireError("too many prepared statements")
            self._prepared[name], self._fresh = sql, name
            return Statement(sql, self.number)
        if message.kind == "B":
            _, name, parameters = wire.bound(message.content)
            if name == self._fresh and self._current is not None:  # it goes on with what its Parse has begun
                self._fresh = None
                self._current.parameters = parameters
                return None
            return Statement(self._prepared.get(name, ""), self.number, parameters)
        return None

    def _begin(self, statement: Statement) -> None:
        self._current = statement
        self._desk.passed(statement)

    def _pass(self, message: Message) -> None:
        self._answers_due += message.kind in "QS"
        self._farewell = self._farewell or message.kind == "X"
        self._unsent += message.packed()

    def _flush(self) -> None:
        """Write as much as the server takes; the rest when it has room."""
        self._board.forget(self._outlet.fileno())
        try:
            while self._unsent:
                del self._unsent[: self._line.send(self._unsent)]
        except BlockingIOError:
            self._board.watch(self._outlet.fileno(), self._flush, writing=True)
        except OSError:  # it has ended the connection; what it said before that is read yet
            self._unsent.clear()

    # From the server

    def _from_server(self) -> None:
        try:
            part = self._line.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        if not part:
            if not self._farewell:
                self._desk.trouble("PostgreSQL has ended a connection without a word")
            self.close()
            return
        self._going += part
        try:
            said = b"".join(one.packed() for one in wire.taken(self._going) if self._read(one))
        except WireError:  # a row larger than anybody needs
            self.close()
            return
        if said:
            self._to_project(said)

    def _read(self, message: Message) -> bool:
        """Take note of what the server says; whether the project is to hear it."""
        if message.kind == "N":
            return self._noticed(wire.fields(message.content))
        self.waiting = False
        if message.kind == "D":
            self._desk.counted_rows(1)
        elif message.kind == "Z":
            self.transaction = message.content.decode("ascii")
            self._answers_due = max(0, self._answers_due - 1)
        elif message.kind == "E":
            self._refused(wire.fields(message.content))
        return True

    def _noticed(self, said: dict[str, str]) -> bool:
        """What it logs of locks is for us: a statement that waits has looked for a deadlock, and found none."""
        if said.get("C") in _TROUBLE:
            self._desk.trouble(f"PostgreSQL: {said.get('M')}")
        if said.get("V") != "LOG":
            return True
        text = said.get("M", "")
        if " still waiting for " in text:
            self.waiting = True
        elif " acquired " in text:
            self.waiting = False
        return False

    def _refused(self, said: dict[str, str]) -> None:
        code = said.get("C", "")
        self._farewell = self._farewell or said.get("V") == "FATAL"
        if code in _TROUBLE or (code == "53200" and "shared memory" in said.get("M", "")):
            self._desk.trouble(f"PostgreSQL: {said.get('M')}")
        if self._current is not None:
            self._current.error = code

    def _to_project(self, data: bytes) -> None:
        for at in range(0, len(data), _CHUNK):
            self.seat.send({"stream": self.number}, data[at : at + _CHUNK])

    def close(self) -> None:
        """End it: the server undoes what was not committed. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self._board.forget(self._line.fileno())
        self._board.forget(self._outlet.fileno())
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()
        self._outlet.close()
        self.seat.send({"stream": self.number})

    @property
    def closed(self) -> bool:
        """Whether it has ended."""
        return self._closed
