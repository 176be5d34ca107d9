"""The lab's database as a project's driver shows it: PEP 249 in the manner of `sqlite3`, executed by the examiner.

Frames: {what: open} -> {connection}; {what: execute, connection, sql, many} with the encoded parameters -> {columns,
count, last, cursor} with the encoded first rows, `cursor` only where more are to come; {what: fetch, cursor} -> {more}
with the encoded next ones; {what: close, connection or cursor}. A reply with {error: {type, text}} raises that.

As in `sqlite3`, a statement that changes rows begins a transaction by itself unless `isolation_level` is None.
"""

from __future__ import annotations

import sqlite3
from types import ModuleType

from .. import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any, Self

    from .agent import Agent

_CHANGING = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Database:
    """The way to the lab's database, for all threads of the project."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def ask(self, what: str, body: bytes = b"", **head: Any) -> tuple[dict[str, Any], Any]:
        """Ask the examiner. Raises the sqlite3 error that it met."""
        reply, given = self._agent.ask({"to": "database", "what": what, **head}, body)
        error = reply.get("error")
        if error is not None:
            kind = getattr(sqlite3, str(error["type"]), sqlite3.DatabaseError)
            raise kind(str(error["text"]))
        return reply, values.decode(given) if given else None

    def tell(self, what: str, **head: Any) -> None:
        """The same of what cannot fail and is not waited for: it is done before whatever is asked or said later."""
        self._agent.ask_later({"to": "database", "what": what, **head}, b"", _nothing)

    def connect(self, *_: object, isolation_level: str | None = "", **__: object) -> Connection:
        """A new connection. What names a file or sets up the real library is ignored."""
        reply, _rows = self.ask("open")
        return Connection(self, int(reply["connection"]), isolation_level)


def _nothing(_head: dict[str, Any], _body: bytes) -> None:
    """What becomes of an answer that nobody waits for."""


class Connection:
    """One connection, with a transaction of its own."""

    Error, DatabaseError, OperationalError = sqlite3.Error, sqlite3.DatabaseError, sqlite3.OperationalError
    IntegrityError, ProgrammingError, InterfaceError = (
        sqlite3.IntegrityError,
        sqlite3.ProgrammingError,
        sqlite3.InterfaceError,
    )
    InternalError, DataError, NotSupportedError = sqlite3.InternalError, sqlite3.DataError, sqlite3.NotSupportedError
    Warning = sqlite3.Warning

    def __init__(self, database: Database, number: int, isolation_level: str | None) -> None:
        self._database, self._number = database, number
        self._isolation_level = isolation_level
        self.in_transaction = False
        self.row_factory: Any = None
        self.text_factory: Any = str
        self.total_changes = 0
        self._open = True

    @property
    def isolation_level(self) -> str | None:
        """How a transaction begins by itself; set to None it never does, and one that is open is committed."""
        return self._isolation_level

    @isolation_level.setter
    def isolation_level(self, level: str | None) -> None:
        self._isolation_level = level
        if level is None:
            self.commit()

    def cursor(self, factory: type[Cursor] | None = None) -> Cursor:
        """A new cursor."""
        return (factory or Cursor)(self)

    def execute(self, sql: str, parameters: Any = ()) -> Cursor:
        """The same as on a new cursor."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Any]) -> Cursor:
        """The same as on a new cursor."""
        return self.cursor().executemany(sql, rows)

    def executescript(self, script: str) -> Cursor:
        """The same as on a new cursor."""
        return self.cursor().executescript(script)

    def commit(self) -> None:
        """End the transaction, if there is one."""
        if self.in_transaction:
            self.send("COMMIT", ())

    def rollback(self) -> None:
        """Undo the transaction, if there is one."""
        if self.in_transaction:
            self.send("ROLLBACK", ())

    def close(self) -> None:
        """Let go of it; what was not committed is undone."""
        if self._open:
            self._open = False
            self._database.tell("close", connection=self._number)

    def send(self, sql: str, parameters: Any, *, many: bool = False) -> tuple[dict[str, Any], Any]:
        """Have *sql* executed."""
        if not self._open:
            raise sqlite3.ProgrammingError("Cannot operate on a closed database.")
        reply, rows = self._database.ask(
            "execute", values.encode(_plain(parameters)), connection=self._number, sql=sql, many=many
        )
        self.in_transaction = bool(reply["in_transaction"])
        return reply, rows

    def fetch(self, cursor: int) -> tuple[list[Any], bool]:
        """The next rows of a statement, and whether there are more."""
        reply, rows = self._database.ask("fetch", cursor=cursor)
        return rows, bool(reply["more"])

    def forget(self, cursor: int) -> None:
        """No more rows of it are wanted."""
        self._database.tell("close", cursor=cursor)

    def create_function(self, *_: object, **__: object) -> None:
        """The examiner's connection has the functions that drivers add."""

    create_aggregate = create_collation = create_window_function = create_function
    set_authorizer = set_progress_handler = set_trace_callback = create_function

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.commit()
        else:
            self.rollback()


class Cursor:
    """One statement and its rows, which come in parts as they are asked for."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.arraysize = 1
        self.description: tuple[tuple[Any, ...], ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.row_factory = connection.row_factory
        self._rows: list[Any] = []
        self._at = 0
        self._more: int | None = None

    def execute(self, sql: str, parameters: Any = ()) -> Self:
        """Execute one statement."""
        self._begin(sql)
        self._take(*self.connection.send(sql, parameters))
        return self

    def executemany(self, sql: str, rows: Iterable[Any]) -> Self:
        """Execute one statement for each of *rows*."""
        self._begin(sql)
        self._take(*self.connection.send(sql, [*rows], many=True))
        return self

    def executescript(self, script: str) -> Self:
        """Execute several statements; a transaction is committed before."""
        self.connection.commit()
        statement = ""
        for part in script.split(";"):
            statement += part
            if sqlite3.complete_statement(statement + ";"):
                if statement.strip():
                    self._take(*self.connection.send(statement, ()))
                statement = ""
            else:
                statement += ";"
        return self

    def _begin(self, sql: str) -> None:
        connection = self.connection
        if connection.isolation_level is None or connection.in_transaction:
            return
        if sql.lstrip().upper().startswith(_CHANGING):
            connection.send(f"BEGIN {connection.isolation_level}", ())

    def _take(self, reply: dict[str, Any], rows: Any) -> None:
        self.close()
        columns = reply["columns"]
        self.description = tuple((name, None, None, None, None, None, None) for name in columns) if columns else None
        self.rowcount = int(reply["count"])
        if reply["last"] is not None:
            self.lastrowid = int(reply["last"])
        self._rows, self._at, self._more = list(rows or []), 0, reply.get("cursor")

    def fetchone(self) -> Any:
        """The next row; None after the last."""
        if self._at == len(self._rows):
            if self._more is None:
                return None
            self._rows, more = self.connection.fetch(self._more)
            self._at, self._more = 0, self._more if more else None
            return self.fetchone()
        row = self._rows[self._at]
        self._at += 1
        return self.row_factory(self, row) if self.row_factory is not None else row

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next *size* rows, `arraysize` without it."""
        wanted = size or self.arraysize
        found: list[Any] = []
        while len(found) < wanted and (row := self.fetchone()) is not None:
            found.append(row)
        return found

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return list(self)

    def close(self) -> None:
        """Forget the rows that are left."""
        if self._more is not None:
            self.connection.forget(self._more)
        self._rows, self._at, self._more = [], 0, None

    def setinputsizes(self, _sizes: Sequence[Any]) -> None:
        """Nothing: PEP 249 asks for it."""

    def setoutputsize(self, _size: int, _column: int | None = None) -> None:
        """Nothing: PEP 249 asks for it."""

    def __iter__(self) -> Iterator[Any]:
        while (row := self.fetchone()) is not None:
            yield row


def _plain(parameters: Any) -> Any:
    """Parameters as plain data; dates and the like are written as `sqlite3` writes them."""
    if isinstance(parameters, dict):
        return {name: _adapted(value) for name, value in parameters.items()}
    if isinstance(parameters, list) and parameters and isinstance(parameters[0], list | tuple | dict):
        return [_plain(row) for row in parameters]
    return tuple(_adapted(value) for value in parameters)


def _adapted(value: Any) -> Any:
    if value is None or isinstance(value, int | float | str | bytes):
        return value
    if isinstance(value, memoryview | bytearray):
        return bytes(value)
    if hasattr(value, "isoformat"):
        return value.isoformat(" ") if hasattr(value, "hour") and hasattr(value, "year") else value.isoformat()
    return str(value)


def module(database: Database) -> ModuleType:
    """A module that SQLAlchemy and Django take for a driver (`sqlite3.dbapi2`), and which leads to *database*."""
    made = ModuleType("greenroom_lab.dbapi", __doc__)
    made.__dict__.update({name: value for name, value in sqlite3.dbapi2.__dict__.items() if not name.startswith("__")})
    made.connect = database.connect  # type: ignore[attr-defined]
    made.Connection, made.Cursor = Connection, Cursor  # type: ignore[attr-defined]
    return made
