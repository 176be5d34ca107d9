"""The database: one writer, many readers.

SQLite at SQLAlchemy's defaults loses updates silently: two transactions read, both write, the later one
wins. Here every writing transaction begins with `BEGIN IMMEDIATE` on the only write connection, and
readers run in autocommit on connections of their own, which WAL keeps out of the writer's way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.types import TypeDecorator

from greenroom.kernel.errors import EnvironmentFault
from greenroom.platform.lookups import Lookup, SqliteLookups

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000")


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime; naive ones are refused, since nobody could say what they mean."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store as UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime was given to the database")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """SQLite keeps no zone: what was stored as UTC is read as UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Database:
    """A SQLite file with one write connection and a pool of readers."""

    def __init__(self, path: Path, *, readers: int = 4) -> None:
        self.path = path
        url = f"sqlite+aiosqlite:///{path}"
        self._writer = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=30)
        self._reader = create_async_engine(url, pool_size=readers, max_overflow=0, isolation_level="AUTOCOMMIT")
        for engine in (self._writer, self._reader):
            event.listen(engine.sync_engine, "connect", _on_connect)
        event.listen(self._writer.sync_engine, "begin", _begin_immediate)
        self._lookups = SqliteLookups(path)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A writing transaction: committed at the end of the block, rolled back if it raises."""
        async with _faults_explained(self.path), self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A reading connection in autocommit: each statement sees the newest committed state."""
        async with _faults_explained(self.path), self._reader.connect() as connection:
            yield connection

    async def first(self, lookup: Lookup, **values: Any) -> tuple[Any, ...] | None:
        """The first row of a lookup in the newest committed state, or None."""
        async with _faults_explained(self.path):
            return await self._lookups.first(lookup, values)

    async def close(self) -> None:
        """Dispose of both engines: aiosqlite's threads would keep the process alive."""
        await self._lookups.close()
        await self._reader.dispose()
        await self._writer.dispose()


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@asynccontextmanager
async def _faults_explained(path: Path) -> AsyncIterator[None]:
    try:
        yield
    except (DatabaseError, sqlite3.Error) as error:
        fault = environment_fault(error, path)
        if fault is None:
            raise
        raise fault from error


def environment_fault(error: Exception, path: Path) -> EnvironmentFault | None:
    """The machine's fault behind a database error (full disk, read-only, locked), or None for a fault of ours."""
    text = str(error).lower()
    mends = {
        "disk is full": ("the disk is full", "free some space; nothing that was accepted is lost"),
        "disk i/o error": ("the disk reports an error", "check the disk's space and health"),
        "readonly database": ("the database is read-only", "make the data folder writable, or set GREENROOM_DATA_DIR"),
        "unable to open": ("the database cannot be opened", "check the permissions of the data folder"),
        "not a database": ("the file is not a Greenroom database", "move it away; a new one is made at the next start"),
        "malformed": ("the database is damaged", "restore a backup, or move it away to begin anew"),
        "database is locked": ("another process holds the database", "stop the other Greenroom, or wait and try again"),
    }
    for sign, (message, mend) in mends.items():
        if sign in text:
            return EnvironmentFault(f"{message} ({path})", mend=mend)
    return None


__all__ = ["AsyncConnection", "AsyncEngine", "Database", "Moment", "environment_fault", "metadata"]
