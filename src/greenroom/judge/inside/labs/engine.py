"""The lab's database as an engine of Django's: its SQLite backend over a driver that leads to the examiner.

The examiner's connections have the functions that Django's querysets use, and foreign keys are on. What a setting says
of a file is ignored; `transaction_mode` and `init_command` of OPTIONS mean what they mean for SQLite. Rows of a raw
cursor have dates as text and booleans as 0 and 1: models convert them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.features import DatabaseFeatures
from django.db.backends.sqlite3.operations import DatabaseOperations
from django.utils.asyncio import async_unsafe

from . import dbapi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import ModuleType
    from typing import Any, Self


class Cursor(dbapi.Cursor):
    """A cursor that takes Django's placeholders, `%s` and `%(name)s`."""

    _converted = base.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Self:
        """Execute one statement; without *params* as it stands."""
        if params is None:
            return super().execute(query)
        return super().execute(self._converted(query, param_names=_names(params)), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Self:
        """Execute one statement for each of *param_list*."""
        rows = [*param_list]
        return super().executemany(self._converted(query, param_names=_names(rows[0]) if rows else None), rows)


def _names(parameters: Sequence[Any] | Mapping[str, Any]) -> list[str] | None:
    return list(parameters) if isinstance(parameters, dict) else None


class Features(DatabaseFeatures):  # type: ignore[misc]  # Django has no types
    """As Django finds them, without a statement to find out."""

    supports_json_field = True


class Operations(DatabaseOperations):  # type: ignore[misc]
    """Those of SQLite. What is logged of a statement is put together here, not by one more statement."""

    def _quote_params_for_last_executed_query(self, params: Sequence[Any]) -> tuple[Any, ...]:
        with closing(sqlite3.connect(":memory:")) as own:
            return tuple(own.execute("SELECT quote(?)", (value,)).fetchone()[0] for value in params)


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """A connection of Django's to the lab's database."""

    Database: ModuleType
    features_class = Features
    ops_class = Operations

    def __init__(self, settings_dict: dict[str, Any], *more: Any, **named: Any) -> None:
        settings_dict["NAME"] = settings_dict["NAME"] or "the lab's"
        super().__init__(settings_dict, *more, **named)

    @async_unsafe  # type: ignore[untyped-decorator]
    def get_new_connection(self, conn_params: Mapping[str, Any]) -> dbapi.Connection:
        """A new connection of the driver's."""
        connection: dbapi.Connection = self.Database.connect(**conn_params)
        for command in filter(None, map(str.strip, self.init_commands)):
            connection.execute(command)
        return connection

    def create_cursor(self, name: str | None = None) -> Cursor:
        """A new cursor on the connection."""
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor

    def is_in_memory_db(self) -> bool:
        """It is not: another connection sees the same rows."""
        return False
