"""SELECTs that every request makes: compiled once, and given to the driver in one piece.

Through an engine such a query costs many times what the database takes for it: a cursor, its execution, its rows and
its end each go to the driver's thread and back.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

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


class _Asked(NamedTuple):
    statement: str
    parameters: list[Any]
    answer: asyncio.Future[tuple[Any, ...] | None]


_Found = list[tuple[Any, ...] | Exception | None]


class SqliteLookups:
    """Lookups in a SQLite file, on a connection and in a thread of their own; opened when they are first needed.

    What is asked for in the same turn of the event loop, or while the thread is busy, goes to it together: waking a
    thread costs more than the query.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._dialect = sqlite.dialect(paramstyle="qmark")
        self._batches: SimpleQueue[tuple[asyncio.AbstractEventLoop, list[_Asked]] | None] = SimpleQueue()
        self._asked: list[_Asked] = []
        self._busy = False
        self._thread: threading.Thread | None = None

    async def first(self, lookup: Lookup, values: dict[str, Any]) -> tuple[Any, ...] | None:
        """The first row of the newest committed state, or None."""
        statement, parameters = lookup.for_driver(self._dialect, values)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[tuple[Any, ...] | None] = loop.create_future()
        self._asked.append(_Asked(statement, parameters, answer))
        if not self._busy:
            self._busy = True
            loop.call_soon(self._hand_over, loop)
        return await answer

    async def close(self) -> None:
        """End the thread, which closes the connection."""
        if self._thread is not None:
            self._batches.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="greenroom-lookups", daemon=True)
            self._thread.start()
        asked, self._asked = self._asked, []
        self._batches.put((loop, asked))

    def _take(self, loop: asyncio.AbstractEventLoop, asked: list[_Asked], found: _Found) -> None:
        for one, result in zip(asked, found, strict=True):
            if one.answer.done():  # who asked has gone
                continue
            if isinstance(result, Exception):
                one.answer.set_exception(result)
            else:
                one.answer.set_result(result)
        self._busy = bool(self._asked)
        if self._busy:
            self._hand_over(loop)

    def _serve(self) -> None:
        connection: sqlite3.Connection | None = None
        while (batch := self._batches.get()) is not None:
            loop, asked = batch
            found: _Found = []
            for one in asked:
                try:
                    connection = connection or self._open()
                    found.append(connection.execute(one.statement, one.parameters).fetchone())
                except Exception as error:
                    found.append(error)
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(self._take, loop, asked, found)
        if connection is not None:
            connection.close()

    def _open(self) -> sqlite3.Connection:
        opened = sqlite3.connect(self._path, isolation_level=None)
        opened.execute("PRAGMA busy_timeout = 5000")
        opened.execute("PRAGMA query_only = ON")
        return opened
