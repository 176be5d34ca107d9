"""A project's database, kept by the examiner: every statement is seen, counted, planned and, if wanted, held back.

The project speaks to it through a driver that leads here (`greenroom_lab.connect`), so neither the count of statements
nor their order can be told otherwise than it was. It is SQLite, one file with a connection for each of the project's.
A statement that must wait for another connection's lock waits here, and fails as SQLite has it when nobody is left who
could let it go on.
"""

from __future__ import annotations

import itertools
import os
import re
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from greenroom.judge.inside import values
from greenroom.judge.probes.seats import FailedError, Seat, TooMuchError

MOST_STATEMENTS = 20_000
"""Statements of a project on one database at most: what is not counted cannot be judged."""

MOST_KEPT = 32 * 1024 * 1024
"""Bytes of statements with their parameters at most."""

MOST_CONNECTIONS = 100
MOST_STEPS = 50_000
"""Work of one statement at most, in thousands of instructions: about a second."""

MOST_GROWTH = 512
"""Pages of 4 KiB that a project may add to a database: others have theirs on the same disk."""

_MOST_BLOCKED = 1000
_MOST_MATCH_S = 1.0
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 256 * 1024,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1024 * 1024,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 20,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_REFUSED_PRAGMAS = frozenset({
    "data_store_directory", "hard_heap_limit", "journal_mode", "locking_mode", "max_page_count", "page_size",
    "soft_heap_limit", "temp_store", "temp_store_directory", "writable_schema",
})  # fmt: skip
"""What would reach beyond this database, or keep the examiner itself from it."""

_PREFIX = "lab-"
_FIRST_ROWS = 100
_STEPS = 1000
_BUSY = ("database is locked", "database table is locked")
_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "END", "SAVEPOINT", "RELEASE", "PRAGMA")


@dataclass(frozen=True)
class Statement:
    """One statement as it was executed; `steps` is SQLite's work, in 1,000 instructions of its virtual machine."""

    sql: str
    parameters: Any
    connection: int
    steps: int

    @property
    def is_query(self) -> bool:
        """Whether it reads or changes rows: transactions and settings do not."""
        return not self.sql.lstrip().upper().startswith(_TRANSACTION)


@dataclass
class _Held:
    seat: Seat
    asked: dict[str, Any]
    body: bytes


@dataclass
class _Open:
    connection: sqlite3.Connection
    seat: Seat


@dataclass
class Plan:
    """SQLite's plan of one statement: its lines, as EXPLAIN QUERY PLAN gives them."""

    lines: tuple[str, ...]

    def scans(self, table: str) -> bool:
        """Whether all rows of *table* are read, by itself or by an index that narrows nothing."""
        return any(line.split()[:2] == ["SCAN", table] for line in self.lines)

    @property
    def sorts(self) -> bool:
        """Whether rows are sorted after they were read, because no index gives them in order."""
        return any("TEMP B-TREE" in line for line in self.lines)

    def uses(self, index: str) -> bool:
        """Whether *index* is used."""
        return any(f"INDEX {index}" in line for line in self.lines)


@dataclass
class Database:
    """A database made by the statements of *script*, then *fill*.

    `statements` is everything that the project executed. `hold` decides of each statement, before it is executed,
    whether it waits until `release`; `fetched` counts the rows that were handed over.
    """

    script: str
    fill: Iterable[tuple[str, Iterable[Any]]] = ()
    statements: list[Statement] = field(default_factory=list)
    hold: Callable[[str, int], bool] | None = None
    held: list[_Held] = field(default_factory=list)
    fetched: int = 0
    peak_connections: int = 0

    def __post_init__(self) -> None:
        handle, self._path = tempfile.mkstemp(prefix=f"{_PREFIX}{os.getpid()}-", suffix=".db")
        os.close(handle)
        self._numbers = itertools.count(1)
        self._connections: dict[int, _Open] = {}
        self._cursors: dict[int, tuple[int, sqlite3.Cursor]] = {}
        self._blocked: list[_Held] = []
        self._left_steps = 20 * MOST_STEPS  # the script may be the candidate's
        self._kept = 0
        self.own = self.connect()
        self.own.executescript(self.script)
        self.own.execute("BEGIN")
        for sql, rows in self.fill:
            self.own.executemany(sql, rows)
        self.own.execute("COMMIT")

    def connect(self) -> sqlite3.Connection:
        """Another connection of the examiner's own."""
        made = sqlite3.connect(self._path, isolation_level=None, timeout=0)
        made.execute("PRAGMA foreign_keys = ON")
        made.execute("PRAGMA synchronous = OFF")
        made.create_function("regexp", 2, _matches, deterministic=True)
        made.set_progress_handler(self._step, _STEPS)
        return made

    def _client(self) -> sqlite3.Connection:
        """A connection for a project: what it executes stays within this database, and comes to an end."""
        made = self.connect()
        (pages,) = made.execute("PRAGMA page_count").fetchone()
        for setting in (f"max_page_count = {pages + MOST_GROWTH}", "temp_store = MEMORY", "cache_size = -1000"):
            made.execute(f"PRAGMA {setting}").fetchall()
        for what, most in _LIMITS.items():
            made.setlimit(what, most)
        made.set_authorizer(_allowed)
        return made

    # Looking

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        """What a query of the examiner's own gives; it is not counted.

        Raises FailedError when the project has left the database in a state that cannot be read.
        """
        with self._as_it_was_left():
            return self.own.execute(sql, parameters).fetchall()

    def execute(self, sql: str, *parameters: Any) -> None:
        """A change of the examiner's own; it is not counted. Raises as `rows` does."""
        with self._as_it_was_left():
            self.own.execute(sql, parameters)

    @contextmanager
    def _as_it_was_left(self) -> Iterator[None]:
        """Blame the project for what it has done to the database; without one the examiner's SQL is wrong."""
        self._left_steps = MOST_STEPS
        try:
            yield
        except sqlite3.Error as error:
            if not self.statements:
                raise
            raise FailedError(f"the database, as your project left it, cannot be used any more: {error}") from None

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
        return Plan(tuple(str(line[3]) for line in lines))

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
        waiting = _Held(seat, asked, body)
        if len(self.held) + len(self._blocked) >= _MOST_BLOCKED:
            raise TooMuchError(f"more than {_MOST_BLOCKED:,} statements of your project wait")
        if self.hold is not None and self.hold(str(asked["sql"]), int(asked["connection"])):
            self.held.append(waiting)
            return None
        return self._tried(waiting)

    def release(self, count: int | None = None) -> None:
        """Let the statements that are held back be executed, the first *count* or all."""
        for waiting in self.held[:count]:
            self.held.remove(waiting)
            answer = self._tried(waiting)
            if answer is not None:
                waiting.seat.reply(waiting.asked, *answer)

    def disconnect(self, seat: Seat) -> None:
        """The process has ended: what it had not committed is undone, as it is when a client is gone."""
        for number in [number for number, one in self._connections.items() if one.seat is seat]:
            self._connections.pop(number).connection.close()
        self.held = [one for one in self.held if one.seat is not seat]
        self._blocked = [one for one in self._blocked if one.seat is not seat]
        self._go_on()

    def _opened(self, seat: Seat) -> tuple[dict[str, Any], bytes]:
        if len(self._connections) >= MOST_CONNECTIONS:
            return {
                "error": {"type": "OperationalError", "text": f"more than {MOST_CONNECTIONS} open connections"}
            }, b""
        number = next(self._numbers)
        try:
            self._connections[number] = _Open(self._client(), seat)
        except sqlite3.OperationalError as error:
            return {"error": {"type": "OperationalError", "text": str(error)}}, b""
        self.peak_connections = max(self.peak_connections, len(self._connections))
        return {"connection": number}, b""

    def _closed(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        if "cursor" in asked:
            self._cursors.pop(int(asked["cursor"]), None)
        else:
            number = int(asked["connection"])
            self._cursors = {one: kept for one, kept in self._cursors.items() if kept[0] != number}
            self._connections.pop(number).connection.close()
            self._go_on()
        return {}, b""

    def _fetched(self, number: int) -> tuple[dict[str, Any], bytes]:
        _, cursor = self._cursors[number]
        self._left_steps = MOST_STEPS
        try:
            rows = cursor.fetchmany(_FIRST_ROWS)
        except sqlite3.Error as error:
            return {"error": {"type": type(error).__name__, "text": str(error)}}, b""
        self.fetched += len(rows)
        more = len(rows) == _FIRST_ROWS
        if not more:
            del self._cursors[number]
        return {"more": more}, values.encode(rows)

    def _tried(self, waiting: _Held) -> tuple[dict[str, Any], bytes] | None:
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
        waiting = {int(one.asked["connection"]) for one in self._blocked}
        active = {number for number, one in self._connections.items() if one.connection.in_transaction}
        if active <= waiting:
            last = self._blocked.pop()
            last.seat.reply(last.asked, {"error": {"type": "OperationalError", "text": _BUSY[0]}})

    def _executed(self, asked: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        number = int(asked["connection"])
        connection = self._connections[number].connection
        sql, parameters = str(asked["sql"]), values.decode(body)
        self._kept += len(sql) + len(body)
        if len(self.statements) >= MOST_STATEMENTS or self._kept > MOST_KEPT:
            raise TooMuchError(
                f"your project executed more than {MOST_STATEMENTS:,} statements, or {MOST_KEPT // 2**20} MB of them"
            )
        self._left_steps = MOST_STEPS
        execute = connection.executemany if asked.get("many") else connection.execute
        cursor = execute(sql, parameters)
        rows = cursor.fetchmany(_FIRST_ROWS) if cursor.description else []
        self.statements.append(Statement(sql, parameters, number, MOST_STEPS - self._left_steps))
        self.fetched += len(rows)
        reply: dict[str, Any] = {
            "columns": [column[0] for column in cursor.description] if cursor.description else None,
            "count": cursor.rowcount,
            "last": cursor.lastrowid,
            "in_transaction": connection.in_transaction,
        }
        if len(rows) == _FIRST_ROWS:
            reply["cursor"] = next(self._numbers)
            self._cursors[reply["cursor"]] = (number, cursor)
        return reply, values.encode(rows)

    def _step(self) -> bool:
        """Count a thousand instructions; True ends the statement, which is then `interrupted`."""
        self._left_steps -= 1
        return self._left_steps < 0


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


def _matches(pattern: str, text: str | None) -> bool:
    """SQLite's REGEXP, as drivers define it; a pattern may backtrack without end, so there is an end to it."""
    if text is None:
        return False
    signal.signal(signal.SIGVTALRM, _no_longer)
    signal.setitimer(signal.ITIMER_VIRTUAL, _MOST_MATCH_S)
    try:
        return re.search(pattern, text) is not None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _no_longer(_number: int, _frame: object) -> None:
    raise TimeoutError("a pattern takes too long")


def _allowed(action: int, first: str | None, _second: str | None, _database: str | None, _source: str | None) -> int:
    """Whether a project may prepare this: no other file (VACUUM attaches a nameless one), no setting beyond its own."""
    refused = (action == sqlite3.SQLITE_ATTACH and first != "") or (
        action == sqlite3.SQLITE_PRAGMA and str(first).lower() in _REFUSED_PRAGMAS
    )
    return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK
