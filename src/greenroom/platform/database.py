"""The database: a port with two adapters, SQLite for one process and PostgreSQL for several.

A writing transaction loses no update. On SQLite there is one writer at a time. On PostgreSQL they run side
by side: who reads, decides and writes locks the row first (`FOR UPDATE`, which SQLite leaves out), or takes
a turn (`take_turn`) where there is no row for it.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import DateTime, Dialect, MetaData, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.types import TypeDecorator

from greenroom.kernel.errors import GreenroomError
from greenroom.platform.addresses import Address
from greenroom.platform.lookups import Lookup, SqliteLookups
from greenroom.platform.postgresql import Postgresql
from greenroom.platform.sqlite import Sqlite

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


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


class Adapter(Protocol):
    """One sort of database: where it is, whether others write beside this process, its engines, its errors."""

    shared: bool
    where: str
    writer: AsyncEngine
    reader: AsyncEngine

    def fault(self, error: Exception) -> GreenroomError | None:
        """What an error of the driver means to a person; None for a fault of ours."""
        ...


class Database:
    """The database at *address*, with at least *readers* connections for reading."""

    def __init__(self, address: Address, *, readers: int = 4) -> None:
        self.address = address
        self._adapter: Adapter = (
            Sqlite(address, readers=readers) if isinstance(address, Path) else Postgresql(address, readers=readers)
        )
        self._lookups = SqliteLookups(address) if isinstance(address, Path) else None

    @property
    def shared(self) -> bool:
        """Whether other servers may use this database at the same time."""
        return self._adapter.shared

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A writing transaction: committed at the end of the block, rolled back if it raises."""
        async with self._connected(self._adapter.writer) as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A reading connection in autocommit: each statement sees the newest committed state."""
        async with self._connected(self._adapter.reader) as connection:
            yield connection

    async def first(self, lookup: Lookup, **values: Any) -> tuple[Any, ...] | None:
        """The first row of a lookup in the newest committed state, or None."""
        if self._lookups is None:
            async with self.read() as connection:
                row = (await connection.execute(lookup.query, values)).first()
                return tuple(row) if row is not None else None
        with self._explained():
            return await self._lookups.first(lookup, values)

    async def close(self) -> None:
        """Dispose of both engines: aiosqlite's threads would keep the process alive."""
        if self._lookups is not None:
            await self._lookups.close()
        await self._adapter.reader.dispose()
        await self._adapter.writer.dispose()

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        with self._explained():
            async with AsyncExitStack() as stack:
                yield await stack.enter_async_context(engine.connect())

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            fault = self._adapter.fault(error)
            if fault is None:
                raise
            raise fault from error


async def insert_unless_there(connection: AsyncConnection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert *row* unless one with its key is there; says whether it was inserted."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    done = await connection.execute(insert(table).values(dict(row)).on_conflict_do_nothing())
    return done.rowcount == 1


async def take_turn(connection: AsyncConnection, name: str) -> None:
    """Wait for every other transaction that has taken the turn *name*; it is held until this one ends.

    Nothing on SQLite, where every writing transaction is alone.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(turn_key(name))))


def turn_key(name: str) -> int:
    """The number of a turn among PostgreSQL's advisory locks, which belong to one database."""
    return zlib.crc32(f"greenroom:{name}".encode())


__all__ = [
    "Address",
    "AsyncConnection",
    "AsyncEngine",
    "Database",
    "Moment",
    "insert_unless_there",
    "metadata",
    "take_turn",
    "turn_key",
]
