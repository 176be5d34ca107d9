"""SQLite: one writer, many readers, in a file.

At SQLAlchemy's defaults SQLite loses updates silently: two transactions read, both write, the later one
wins. Here every writing transaction begins with `BEGIN IMMEDIATE` on the only write connection, and
readers run in autocommit on connections of their own, which WAL keeps out of the writer's way.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import create_async_engine

from greenroom.kernel.errors import EnvironmentFault

# What is deleted is overwritten, so that an erased answer or key is not left in a free page.
_PRAGMAS = (
    "busy_timeout = 5000",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
)
_MIGRATION_S = 60.0
_RETRY_S = 0.02
_MENDS = {
    "disk is full": ("the disk is full", "free some space; nothing that was accepted is lost"),
    "disk i/o error": ("the disk reports an error", "check the disk's space and health"),
    "readonly database": ("the database is read-only", "make the data folder writable, or set GREENROOM_DATA_DIR"),
    "unable to open": ("the database cannot be opened", "check the permissions of the data folder"),
    "not a database": ("the file is not a Greenroom database", "move it away; a new one is made at the next start"),
    "malformed": ("the database is damaged", "restore a backup, or move it away to begin anew"),
    "database is locked": ("another process holds the database", "stop the other Greenroom, or wait and try again"),
}


class Sqlite:
    """The adapter for a SQLite file at *path*."""

    shared = False

    def __init__(self, path: Path, *, readers: int = 4) -> None:
        self.path = path
        self.where = str(path)
        url = f"sqlite+aiosqlite:///{path}"
        self.writer = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=30)
        self.reader = create_async_engine(url, pool_size=readers, max_overflow=0, isolation_level="AUTOCOMMIT")
        for engine in (self.writer, self.reader):
            event.listen(engine.sync_engine, "connect", _on_connect)
        event.listen(self.writer.sync_engine, "begin", _begin_immediate)

    def fault(self, error: Exception) -> EnvironmentFault | None:
        """The machine's fault behind an error of the driver, or None."""
        return environment_fault(error, self.path)


def migration_engine(path: Path) -> Engine:
    """An engine whose transaction holds the file from its first statement on: who comes second waits.

    Foreign keys are off: a migration that makes a table anew must not delete what refers to it.
    """
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _MIGRATION_S})
    event.listen(engine, "connect", _on_migrating_connect)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_migrating_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    _switch_to_wal(connection)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Let readers go on beside the writer; waits while another process holds the file, up to the timeout of all here.

    SQLite's own timeout does not cover this switch: it takes a read lock and then wants the write lock, and who
    holds one and waits for the other is told "locked" at once, lest two wait for each other
    (https://www.sqlite.org/c3ref/busy_handler.html). Without this, a few in a thousand first starts of several
    processes at once failed.
    """
    patient_until = time.monotonic() + _MIGRATION_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > patient_until:
                raise
            time.sleep(_RETRY_S)
        else:
            return


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def environment_fault(error: Exception, path: Path) -> EnvironmentFault | None:
    """The machine's fault behind a database error (full disk, read-only, locked), or None for a fault of ours."""
    if not isinstance(error, DatabaseError | sqlite3.Error):
        return None
    text = str(error).lower()
    for sign, (message, mend) in _MENDS.items():
        if sign in text:
            return EnvironmentFault(f"{message} ({path})", mend=mend)
    return None
