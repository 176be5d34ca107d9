"""The directory's tables."""

from typing import Any

from greenroom_lab import connect
from models import Person

_connection = connect(isolation_level=None)


def rows(sql: str, *parameters: Any) -> list[dict[str, Any]]:
    cursor = _connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def people(where: str = "1", *parameters: Any) -> list[Person]:
    return [Person(**row) for row in rows(f"SELECT * FROM people WHERE {where} ORDER BY id", *parameters)]


def add(name: str, mail: str, title: str, password_hash: str) -> Person:
    sql = "INSERT INTO people (name, mail, title, password_hash, notes) VALUES (?, ?, ?, ?, 'new here')"
    number = _connection.execute(sql, (name, mail, title, password_hash)).lastrowid
    return people("id = ?", number)[0]
