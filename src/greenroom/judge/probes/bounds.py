"""What a project may have its examiner do; and what its SQL may do there: nothing beyond its database, or endless."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
from typing import Any

MOST_WORK_S = 20.0
"""CPU seconds of the examiner that a project may take up in one examination: a third of what the examiner has."""

MOST_HEARD = 256 * 1024 * 1024
"""Bytes that all processes of one examination may send together."""

MOST_STATEMENTS = 20_000
"""Statements of a project on one database at most: what is not counted cannot be judged."""

MOST_KEPT = 32 * 1024 * 1024
"""Bytes of statements with their parameters at most."""

MOST_WAITING = 1000
"""Statements that are held back or wait for a lock at most."""

MOST_GROWTH = 512
"""Pages of 4 KiB that a project may add to a database: those of other runs lie on the same disk."""

_MOST_LOGGED = 8 * 1024 * 1024
_MOST_MATCH_S = 1.0
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 256 * 1024,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1024 * 1024,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 20,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_REFUSED_PRAGMAS = frozenset({
    "data_store_directory", "hard_heap_limit", "locking_mode", "max_page_count", "page_size",
    "soft_heap_limit", "temp_store", "temp_store_directory", "writable_schema",
})  # fmt: skip
"""What would reach beyond this database, or keep the examiner itself from it."""


def bound(connection: sqlite3.Connection) -> sqlite3.Connection:
    """*connection*, for a project. Raises sqlite3.OperationalError when somebody keeps the database locked."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    for setting in (f"max_page_count = {pages + MOST_GROWTH}", "temp_store = MEMORY", "cache_size = -1000"):
        connection.execute(f"PRAGMA {setting}").fetchall()
    for what, most in _LIMITS.items():
        connection.setlimit(what, most)
    connection.set_authorizer(_allowed)
    return connection


def overfull(path: str) -> bool:
    """Whether the write-ahead log of the database at *path*, which its own size does not bound, has grown too large."""
    try:
        return os.stat(f"{path}-wal").st_size > _MOST_LOGGED  # noqa: PTH116 (once for each statement)
    except FileNotFoundError:
        return False


def _allowed(action: int, first: str | None, value: str | None, _database: str | None, _source: str | None) -> int:
    """Whether a project may prepare this: no other file (VACUUM attaches a nameless one), no setting beyond its own."""
    refused = (action == sqlite3.SQLITE_ATTACH and first != "") or (
        action == sqlite3.SQLITE_PRAGMA and value is not None and str(first).lower() in _REFUSED_PRAGMAS
    )
    return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK


def matches(pattern: str | None, text: Any) -> bool | None:
    """SQLite's REGEXP, as drivers define it; a pattern may backtrack without end, so there is an end to it."""
    if pattern is None or text is None:
        return None
    signal.signal(signal.SIGVTALRM, _no_longer)
    signal.setitimer(signal.ITIMER_VIRTUAL, _MOST_MATCH_S)
    try:
        return re.search(pattern, text if isinstance(text, str) else str(text)) is not None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _no_longer(_number: int, _frame: object) -> None:
    raise TimeoutError("a pattern takes too long")
