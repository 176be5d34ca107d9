"""A project's database, kept by the examiner: every statement is seen, counted, planned and, if wanted, held back.

The project speaks to it through a driver that leads here (`greenroom_lab.connect`), so neither the count of statements
nor their order can be told otherwise than it was. It is SQLite, one file with a connection for each of the project's.
A statement that must wait for another connection's lock waits here, and fails as SQLite has it when nobody is left who
could let it go on.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from greenroom.judge.inside import values
from greenroom.judge.probes import bounds, functions
from greenroom.judge.probes.plans import Plan
from greenroom.judge.probes.seats import FailedError, Seat, TooMuchError

MOST_STEPS = 50_000
"""Thousands of instructions of one statement at most: a second or so, after which it fails as if it was interrupted."""
MOST_CONNECTIONS = 100
"""As many as PostgreSQL grants unless told otherwise; each takes a descriptor or two of the examiner's."""

_PREFIX = "lab-"
_FIRST_ROWS = 100
_STEPS = 1000
_BUSY = ("database is locked", "database table is locked")
TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "END", "SAVEPOINT", "RELEASE", "PRAGMA")


@dataclass
class Statement:
    """One statement as it was executed; `steps` is SQLite's work so far, in 1,000 instructions of its virtual machine.

    It grows while rows are fetched. What it says of the rows that were read: see `plans`.
    """

    sql: str
    parameters: Any
    connection: int
    steps: int

    @property
    def is_query(self) -> bool:
        """Whether it reads or changes rows: transactions and settings do not."""
        return not self.sql.lstrip().upper().startswith(TRANSACTION)


@dataclass(eq=False)
class Held:
    """A statement that has not been executed yet."""

    seat: Seat
    asked: dict[str, Any]
    body: bytes

    @property
    def sql(self) -> str:
        """Its text."""
        return str(self.asked["sql"])

    @property
    def connection(self) -> int:
        """The number of its connection."""
        return int(self.asked["connection"])


@dataclass
class _Open:
    connection: sqlite3.Connection
    seat: Seat
    bound: bool = False

    def ready(self) -> sqlite3.Connection:
        """The connection, bound. Raises sqlite3.OperationalError while somebody keeps the database locked."""
        if not self.bound:
            bounds.bound(self.connection)
            self.bound = True
        return self.connection


@dataclass
class _Reading:
    """A statement whose rows are still being fetched."""

    connection: int
    cursor: sqlite3.Cursor
    statement: Statement


@dataclass
class Database:
    """A database made by the statements of *script*, then *fill*.

    `statements` is everything that the project executed. `hold` decides of each statement, before it is executed,
    whether it waits until `release`; `fetched` counts the rows that were handed over. Above *most_connections* a
    further one is refused, as a server does that has no more to give; `refused` counts those, `opened` the others.
    """

    script: str
    fill: Iterable[tuple[str, Iterable[Any]]] = ()
    statements: list[Statement] = field(default_factory=list)
    hold: Callable[[str, int], bool] | None = None
    held: list[Held] = field(default_factory=list)
    fetched: int = 0
    peak_connections: int = 0
    most_connections: int = MOST_CONNECTIONS
    refused: int = 0
    opened: int = 0
    door: ClassVar[str] = "database"

    def __post_init__(self) -> None:
        handle, self._path = tempfile.mkstemp(prefix=f"{_PREFIX}{os.getpid()}-", suffix=".db")
        os.close(handle)
        self._numbers = itertools.count(1)
        self._connections: dict[int, _Open] = {}
        self._cursors: dict[int, _Reading] = {}
        self._blocked: list[Held] = []
        self._steps, self._until = 0, 20 * MOST_STEPS  # the script may be the candidate's
        self._kept = 0
        self.own = functions.register(self.connect())
        self.own.executescript(self.script)
        self.own.execute("BEGIN")
        for sql, rows in self.fill:
            self.own.executemany(sql, rows)
        self.own.execute("COMMIT")

    def connect(self) -> sqlite3.Connection:
        """Another connection of the examiner's own."""
        made = sqlite3.connect(self._path, isolation_level=None, timeout=0)
        made.execute("PRAGMA foreign_keys = ON")
        with suppress(sqlite3.OperationalError):  # locked just now: then this one is slower
            made.execute("PRAGMA synchronous = OFF")
        made.create_function("regexp", 2, bounds.matches, deterministic=True)
        made.set_progress_handler(self._step, _STEPS)
        return made

    # Looking

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        """What a query of the examiner's own gives; it is not counted. Raises FailedError as `execute` does."""
        with self._as_it_was_left():
            return self.own.execute(sql, parameters).fetchall()

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        """A change of the examiner's own; it is not counted.

        Raises FailedError when the project keeps the database locked, with a transaction that it has left open, or has
        done something else to it so that it cannot be used.
        """
        with self._as_it_was_left():
            return self.own.execute(sql, parameters)

    @contextmanager
    def _as_it_was_left(self) -> Iterator[None]:
        """Blame the project for what it did to the database; where it did nothing, the examiner's SQL is wrong."""
        self._until = self._steps + MOST_STEPS
        try:
            yield
        except sqlite3.Error as error:
            if str(error) in _BUSY:
                told = "a transaction of the project's is still open, and keeps the database locked"
                raise FailedError(told) from None
            if not self.statements:
                raise
            raise FailedError(f"the database, as your project left it, cannot be used any more: {error}") from None

    @property
    def blocked(self) -> int:
        """How many statements wait for another connection's lock."""
        return len(self._blocked)

    @contextmanager
    def counted(self) -> Iterator[list[Statement]]:
        """The queries that are executed meanwhile, filled in at the end."""
        found: list[Statement] = []
        at = len(self.statements)
        yield found
        found.extend(one for one in self.statements[at:] if one.is_query)

    def plan(self, statement: Statement) -> Plan:
        """How SQLite executes *statement*, with the parameters that it was given."""
        parameters = statement.parameters
        with self._as_it_was_left():
            self.own.execute("SELECT count(*) FROM sqlite_master").fetchone()  # an explanation alone sees no new index
            lines = self.own.execute(f"EXPLAIN QUERY PLAN {statement.sql}", parameters).fetchall()
        return Plan.of(lines)

    # Serving

    def serve(self, seat: Seat, asked: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes] | None:
        """Do what the project's driver asks, now or later."""
        what = str(asked["what"])
        if what == "open":
            return self._opened(seat)
        if what == "close":
            return self._closed(asked)
        if what == "fetch":
            return self._fetched(int(asked["cursor"]))
        if len(self.held) + len(self._blocked) >= bounds.MOST_WAITING:
            raise TooMuchError(f"more than {bounds.MOST_WAITING:,} statements of your project wait")
        waiting = Held(seat, asked, body)
        if self.hold is not None and self.hold(waiting.sql, waiting.connection):
            self.held.append(waiting)
            return None
        return self._tried(waiting)

    def release(self, count: int | None = None, seat: Seat | None = None) -> None:
        """Let the statements that are held back, or those of *seat*, be executed: the first *count* or all."""
        for waiting in [one for one in self.held if seat is None or one.seat is seat][:count]:
            self.let(waiting)

    def let(self, waiting: Any) -> None:
        """Let this one be executed."""
        self.held.remove(waiting)
        answer = self._tried(waiting)
        if answer is not None:
            waiting.seat.reply(waiting.asked, *answer)

    def may_wait(self, connection: int) -> bool:
        """Whether the connection's statement waits for a lock."""
        return any(one.connection == connection for one in self._blocked)

    def stalled(self, connections: Iterable[int]) -> set[int]:
        """Those of *connections* whose statement waits for a lock."""
        return {number for number in connections if self.may_wait(number)}

    def left_open(self, seat: Seat) -> list[int]:
        """The connections of *seat* that are in a transaction."""
        open_ = self._connections.items()
        return [number for number, one in open_ if one.seat is seat and one.connection.in_transaction]

    def is_held(self, seat: Seat) -> bool:
        """Whether a statement of *seat* is held back."""
        return any(one.seat is seat for one in self.held)

    def waits(self, seat: Seat) -> bool:
        """Whether a statement of *seat* is held back, or waits for the lock of another connection."""
        return self.is_held(seat) or any(one.seat is seat for one in self._blocked)

    def disconnect(self, seat: Seat) -> None:
        """The process has ended: what it had not committed is undone, as it is when a client is gone."""
        for number in [number for number, one in self._connections.items() if one.seat is seat]:
            self._connections.pop(number).connection.close()
        self.held = [one for one in self.held if one.seat is not seat]
        self._blocked = [one for one in self._blocked if one.seat is not seat]
        self._go_on()

    @property
    def connections(self) -> int:
        """Connections that the project holds open now."""
        return len(self._connections)

    def _opened(self, seat: Seat) -> tuple[dict[str, Any], bytes]:
        if len(self._connections) >= self.most_connections:
            self.refused += 1
            return {"error": {"type": "OperationalError", "text": "too many connections"}}, b""
        self.opened += 1
        number = next(self._numbers)
        self._until = self._steps + MOST_STEPS
        self._connections[number] = _Open(functions.register(self.connect()), seat)
        self.peak_connections = max(self.peak_connections, len(self._connections))
        return {"connection": number}, b""

    def _closed(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        if "cursor" in asked:
            self._cursors.pop(int(asked["cursor"]), None)
        else:
            number = int(asked["connection"])
            self._cursors = {one: kept for one, kept in self._cursors.items() if kept.connection != number}
            self._connections.pop(number).connection.close()
            self._go_on()
        return {}, b""

    def _fetched(self, number: int) -> tuple[dict[str, Any], bytes]:
        reading = self._cursors[number]
        before = self._steps
        self._until = before + MOST_STEPS
        try:
            rows = reading.cursor.fetchmany(_FIRST_ROWS)
        except sqlite3.Error as error:
            return {"error": {"type": type(error).__name__, "text": str(error)}}, b""
        reading.statement.steps += self._steps - before
        self.fetched += len(rows)
        more = len(rows) == _FIRST_ROWS
        if not more:
            del self._cursors[number]
        return {"more": more}, values.encode(rows)

    def _tried(self, waiting: Held) -> tuple[dict[str, Any], bytes] | None:
        """The answer to a statement; None when it waits for a lock."""
        try:
            answer = self._executed(waiting.asked, waiting.body)
        except sqlite3.OperationalError as error:
            if str(error) not in _BUSY:
                return {"error": {"type": "OperationalError", "text": str(error)}}, b""
            self._blocked.append(waiting)
            self._end_deadlock()
            return None
        except (sqlite3.Error, sqlite3.Warning) as error:
            return {"error": {"type": type(error).__name__, "text": str(error)}}, b""
        self._go_on()
        return answer

    def _go_on(self) -> None:
        """Try again what waits for a lock, first come first served, once anything has changed."""
        blocked, self._blocked = self._blocked, []
        for waiting in blocked:
            answer = self._tried(waiting)
            if answer is not None:
                waiting.seat.reply(waiting.asked, *answer)

    def _end_deadlock(self) -> None:
        """The statement that came last fails when every connection with a transaction waits: nobody could go on."""
        waiting = {one.connection for one in self._blocked}
        active = {number for number, one in self._connections.items() if one.connection.in_transaction}
        if active <= waiting:
            last = self._blocked.pop()
            last.seat.reply(last.asked, {"error": {"type": "OperationalError", "text": _BUSY[0]}})

    def _executed(self, asked: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        number = int(asked["connection"])
        connection = self._connections[number].ready()
        sql, parameters = str(asked["sql"]), values.decode(body)
        self._kept += len(sql) + len(body)
        if len(self.statements) >= bounds.MOST_STATEMENTS or self._kept > bounds.MOST_KEPT:
            most = f"{bounds.MOST_STATEMENTS:,} statements, or {bounds.MOST_KEPT // 2**20} MB of them"
            raise TooMuchError(f"your project executed more than {most}")
        if bounds.overfull(self._path):
            raise TooMuchError("your project wrote more than its database has room for")
        before = self._steps
        self._until = before + MOST_STEPS
        execute = connection.executemany if asked.get("many") else connection.execute
        cursor = execute(sql, parameters)
        rows = cursor.fetchmany(_FIRST_ROWS) if cursor.description else []
        if "busy_timeout" in sql.lower():
            connection.execute("PRAGMA busy_timeout = 0")  # who waits for a lock does so in `_blocked`
        statement = Statement(sql, parameters, number, self._steps - before)
        self.statements.append(statement)
        self.fetched += len(rows)
        reply: dict[str, Any] = {
            "columns": [column[0] for column in cursor.description] if cursor.description else None,
            "count": cursor.rowcount,
            "last": cursor.lastrowid,
            "in_transaction": connection.in_transaction,
        }
        if len(rows) == _FIRST_ROWS:
            reply["cursor"] = next(self._numbers)
            self._cursors[reply["cursor"]] = _Reading(number, cursor, statement)
        return reply, values.encode(rows)

    def _step(self) -> bool:
        self._steps += 1
        return self._steps > self._until


def sweep() -> None:
    """Remove the files of databases that this process has made, and of processes that have ended."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):  # journals lie beside their databases
        maker = path.name.removeprefix(_PREFIX).partition("-")[0]
        if maker.isdecimal() and (int(maker) == os.getpid() or not _lives(int(maker))):
            with suppress(OSError):
                path.unlink()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
