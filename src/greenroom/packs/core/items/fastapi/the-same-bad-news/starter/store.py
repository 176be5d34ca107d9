"""The library's tables. Errors are those of sqlite3."""

from typing import Any

from greenroom_lab import connect

_connection = connect(isolation_level=None)


def one(sql: str, *parameters: Any) -> Any:
    return _connection.execute(sql, parameters).fetchone()


def add(sql: str, *parameters: Any) -> int:
    return _connection.execute(sql, parameters).lastrowid
