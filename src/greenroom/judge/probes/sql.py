"""A candidate's SQL, executed by the examiner on data of its own: reading only unless a check says otherwise, and never
without end.

SQLite asks of every table, function and kind of statement whether it is allowed; files, settings, other databases and
extensions never are. Work is counted in instructions of SQLite's virtual machine, so a limit on it is the same on every
machine.
"""

from __future__ import annotations

import re
import sqlite3
import time
from dataclasses import dataclass
from typing import Any, Literal

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab
from greenroom.judge.probes.plans import Plan
from greenroom.judge.probes.seats import FailedError, SlowError

MOST_STEPS = 50_000_000
"""Instructions of one statement at most: about a second."""

MOST_CPU_S = 5.0
"""The second line, for functions that do much in one instruction."""

MOST_ROWS = 100_000
MOST_TEXT = 64 * 1024

May = Literal["read", "change", "build"]

_STEP = 100
_MOST_HEAP = 64 * 1024 * 1024
_COMMENT = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
# A pattern for `regexp` may backtrack without end, within one instruction.
_REFUSED_FUNCTIONS = frozenset({"regexp", "load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"})

_READ = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
_CHANGE = _READ | {
    sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_TRANSACTION,
    sqlite3.SQLITE_SAVEPOINT,
}  # fmt: skip
_BUILD = _CHANGE | {
    sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_CREATE_VIEW,
    sqlite3.SQLITE_CREATE_TRIGGER, sqlite3.SQLITE_CREATE_TEMP_TABLE, sqlite3.SQLITE_CREATE_TEMP_INDEX,
    sqlite3.SQLITE_CREATE_TEMP_VIEW, sqlite3.SQLITE_CREATE_TEMP_TRIGGER, sqlite3.SQLITE_DROP_TABLE,
    sqlite3.SQLITE_DROP_INDEX, sqlite3.SQLITE_DROP_VIEW, sqlite3.SQLITE_DROP_TRIGGER, sqlite3.SQLITE_DROP_TEMP_TABLE,
    sqlite3.SQLITE_DROP_TEMP_INDEX, sqlite3.SQLITE_DROP_TEMP_VIEW, sqlite3.SQLITE_DROP_TEMP_TRIGGER,
    sqlite3.SQLITE_ALTER_TABLE, sqlite3.SQLITE_REINDEX, sqlite3.SQLITE_ANALYZE,
}  # fmt: skip
_ALLOWED: dict[May, frozenset[int]] = {"read": _READ, "change": _CHANGE, "build": _BUILD}
_MAY: dict[May, str] = {"read": "only read", "change": "read and change rows", "build": "read, change and build"}

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 256 * 1024,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 2 * MOST_TEXT,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 20,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}


@dataclass(frozen=True)
class Answer:
    """What one statement came to. `steps` is SQLite's work in instructions of its machine, rounded up to hundreds."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    steps: int
    plan: Plan | None


@dataclass(frozen=True)
class Part:
    """One statement of a file, and the line that it begins in."""

    sql: str
    line: int


def parts_of(text: str) -> list[Part]:
    """The statements in *text*, in order; what is only a comment is none."""
    found, start = [], 0
    for end in [*(at.end() for at in re.finditer(";", text)), len(text)]:
        part = text[start:end]
        if end < len(text) and not sqlite3.complete_statement(part):
            continue
        if _COMMENT.sub("", part).strip(" \t\r\n;"):
            blank = len(part) - len(part.lstrip())
            found.append(Part(part.strip(), text.count("\n", 0, start + blank) + 1))
        start = end
    return found


class Sql:
    """The candidate's file *path* as SQL, for databases of the examiner's."""

    def __init__(self, lab: Lab, path: str) -> None:
        self._path = path
        text = lab.text(path)
        if len(text) > MOST_TEXT:
            raise FailedError(f"{path} has more than {MOST_TEXT // 1024} kB")
        self.parts = parts_of(text)

    def query(self, database: Database, *parameters: Any, most_steps: int = MOST_STEPS) -> Answer:
        """What the file's only statement, a query, answers. It may only read.

        Raises FailedError, with a sentence for the candidate, and SlowError above *most_steps*.
        """
        if len(self.parts) != 1:
            raise FailedError(f"{self._path} must be one query; it has {len(self.parts)} statements")
        return _executed(_client(database, "read"), self.parts[0], parameters, "read", most_steps, self._path)

    def execute(self, database: Database, may: May, *, most_steps: int = MOST_STEPS) -> list[Answer]:
        """What the file's statements come to, one after the other, on one connection; all of them as far as *may* says.

        What is left of a transaction at the end is undone. Raises as `query` does.
        """
        connection = _client(database, may)
        try:
            return [_executed(connection, part, (), may, most_steps, self._path) for part in self.parts]
        finally:
            connection.close()


def ask(database: Database, sql: str, *parameters: Any) -> Answer:
    """What a query of the examiner's own comes to now, with its work and its plan."""
    return _executed(database.connect(), Part(sql, 1), parameters, "build", MOST_STEPS, "the examiner's query")


def _executed(
    connection: sqlite3.Connection,
    part: Part,
    parameters: tuple[Any, ...],
    may: May,
    most_steps: int,
    path: str,
) -> Answer:
    steps, until = 0, time.process_time() + MOST_CPU_S

    def step() -> bool:
        nonlocal steps
        steps += _STEP
        return steps > most_steps or time.process_time() > until

    where = f"{path}, line {part.line}"
    connection.set_progress_handler(step, _STEP)
    try:
        cursor = connection.execute(part.sql, parameters)
        rows = cursor.fetchmany(MOST_ROWS + 1)
    except (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeError, MemoryError) as error:
        if steps > most_steps:
            raise SlowError(f"{where}: more than {most_steps:,} steps of SQLite's machine") from None
        if time.process_time() > until:
            raise SlowError(f"{where}: more than {MOST_CPU_S:g} s of CPU time") from None
        raise FailedError(f"{where}: {_why(error, may)}") from None
    if len(rows) > MOST_ROWS:
        raise FailedError(f"{where}: more than {MOST_ROWS:,} rows")
    columns = tuple(one[0] for one in cursor.description or ())
    return Answer(columns, rows, steps + _STEP, _plan(connection, part, parameters) if columns else None)


def _plan(connection: sqlite3.Connection, part: Part, parameters: tuple[Any, ...]) -> Plan:
    lines = connection.execute(f"EXPLAIN QUERY PLAN {part.sql}", parameters).fetchall()
    return Plan.of(lines)


def _client(database: Database, may: May) -> sqlite3.Connection:
    """A connection that may do what *may* says."""
    connection = database.connect()
    connection.execute(f"PRAGMA hard_heap_limit = {_MOST_HEAP}")
    for what, most in _LIMITS.items():
        connection.setlimit(what, most)
    allowed = _ALLOWED[may]

    def judge(action: int, _first: str | None, second: str | None, _database: str | None, _source: str | None) -> int:
        refused = action == sqlite3.SQLITE_FUNCTION and str(second).lower() in _REFUSED_FUNCTIONS
        return sqlite3.SQLITE_OK if action in allowed and not refused else sqlite3.SQLITE_DENY

    connection.set_authorizer(judge)
    return connection


def _why(error: Exception, may: May) -> str:
    text = str(error)
    if text.startswith(("not authorized", "access to ")):
        return f"{text}: here SQL may {_MAY[may]}"
    return text or type(error).__name__
