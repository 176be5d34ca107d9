"""A small PostgreSQL client for one thread that waits: for the supervisor's own statements and for the examiner's."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from greenroom.judge.probes import wire
from greenroom.judge.probes.wire import Message

_PATIENCE_S = 30.0
_CHUNK = 1 << 16

# By OID, as `pg_type.dat` has them; everything else stays text.
_READ: Mapping[int, Callable[[str], Any]] = {
    16: lambda text: text == "t",
    20: int, 21: int, 23: int, 26: int,
    700: float, 701: float,
    1700: Decimal,
}  # fmt: skip


class RefusedError(Exception):
    """The server answered a statement with an error: `code` is its SQLSTATE."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self.code = said.get("C", "")
        super().__init__(said.get("M", "the server gave no reason"))


class LostServerError(Exception):
    """The server has ended the connection, or does not answer."""


class Client:
    """A connection over *line*, which is connected. `parameters` and `pid` are what the server says at first."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.line.settimeout(_PATIENCE_S)
        self.parameters: dict[str, str] = {}
        self.pid = 0
        self._buffer = bytearray()

    def enter(self, user: str, database: str) -> None:
        """Be let in. Raises RefusedError and LostServerError."""
        self._send(wire.start({"user": user, "database": database}))
        for message in self._until_ready():
            if message.kind == "R" and not wire.admitted(message.content):
                raise RefusedError({"M": "the server asks for a password"})
            if message.kind == "S":
                name, value = wire.texts(message.content, 2)
                self.parameters[name] = value
            elif message.kind == "K":
                self.pid = wire.key(message.content)

    def run(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows that *sql* gives: several statements, or one with *parameters* (`$1`). Raises as `enter`."""
        texts = [None if value is None else _written(value) for value in parameters]
        self._send(wire.prepared(sql, texts) if texts else wire.query(sql).packed())
        readers: list[Callable[[str], Any]] = []
        rows: list[tuple[Any, ...]] = []
        for message in self._until_ready():
            if message.kind == "T":
                readers = [_READ.get(oid, str) for _, oid in wire.columns(message.content)]
                rows = []
            elif message.kind == "D":
                values = wire.row(message.content)
                rows.append(
                    tuple(None if text is None else read(text) for read, text in zip(readers, values, strict=True))
                )
        return rows

    def close(self) -> None:
        """Leave."""
        self.line.close()

    def _until_ready(self) -> list[Message]:
        found: list[Message] = []
        while True:
            for message in wire.taken(self._buffer):
                if message.kind == "Z" or (message.kind == "E" and wire.fields(message.content).get("V") == "FATAL"):
                    refused = next((one for one in [*found, message] if one.kind == "E"), None)
                    if refused is not None:
                        raise RefusedError(wire.fields(refused.content))
                    return found
                found.append(message)
            self._receive()

    def _receive(self) -> None:
        try:
            part = self.line.recv(_CHUNK)
        except OSError as error:
            raise LostServerError(f"the server does not answer: {type(error).__name__}") from None
        if not part:
            raise LostServerError("the server has ended the connection")
        self._buffer += part

    def _send(self, data: bytes) -> None:
        try:
            self.line.sendall(data)
        except OSError as error:
            raise LostServerError(f"the server does not listen: {type(error).__name__}") from None


def quoted(value: Any) -> str:
    """*value* as a literal whose type the server infers, as it does that of a parameter."""
    return "'" + _written(value).replace("'", "''") + "'"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
