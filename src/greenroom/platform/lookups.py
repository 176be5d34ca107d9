"""SELECTs that every request makes: compiled once, and given to the driver in one piece.

Through an engine such a query costs many times what the database takes for it: a cursor, its execution, its rows and
its end each go to the driver's thread and back.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import Dialect, Select
from sqlalchemy.dialects import sqlite

_Processor = Callable[[Any], Any] | None


class Lookup:
    """A SELECT with `bindparam`s for all that differs, of columns that the driver gives as they are: texts, numbers."""

    def __init__(self, query: Select[Any]) -> None:
        self.query = query
        self._compiled: dict[str, tuple[str, list[tuple[str, _Processor]]]] = {}

    def for_driver(self, dialect: Dialect, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """The statement and its values, in order, as a driver of *dialect* takes them."""
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = self._compile(dialect)
        statement, parameters = known
        return statement, [values[name] if to is None else to(values[name]) for name, to in parameters]

    def _compile(self, dialect: Dialect) -> tuple[str, list[tuple[str, _Processor]]]:
        compiled: Any = self.query.compile(dialect=dialect)
        binds = [(name, compiled.binds[name].type) for name in compiled.positiontup]
        return str(compiled), [(name, kind.dialect_impl(dialect).bind_processor(dialect)) for name, kind in binds]


class SqliteLookups:
    """Lookups in a SQLite file, on a connection of their own that only reads; opened when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: aiosqlite.Connection | None = None
        self._opening = asyncio.Lock()
        self._dialect = sqlite.dialect(paramstyle="qmark")

    async def first(self, lookup: Lookup, values: dict[str, Any]) -> tuple[Any, ...] | None:
        """The first row of the newest committed state, or None."""
        statement, parameters = lookup.for_driver(self._dialect, values)
        connection = self._connection or await self._open()
        for row in await connection.execute_fetchall(statement, parameters):
            return tuple(row)
        return None

    async def close(self) -> None:
        """Close the connection: its thread would keep the process alive."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _open(self) -> aiosqlite.Connection:
        async with self._opening:
            if self._connection is None:
                opened = await aiosqlite.connect(self._path, isolation_level=None)
                try:
                    await opened.execute_fetchall("PRAGMA busy_timeout = 5000")
                    await opened.execute_fetchall("PRAGMA query_only = ON")
                except sqlite3.Error:
                    await opened.close()
                    raise
                self._connection = opened
        return self._connection
