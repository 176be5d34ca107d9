"""People and what they may do."""

import hashlib
import hmac
from typing import Any

from database import connection

COLUMNS = ("id", "handle", "name", "email", "born", "insurance", "locked")


def by_password(email: str, password: str) -> dict[str, Any] | None:
    """The person with this address and password, unless locked."""
    with connection() as db:
        found = db.execute("SELECT id, salt, password FROM people WHERE email = ? AND NOT locked", (email,)).fetchone()
    number, salt, expected = found or (None, b"nobody", b"")
    # A cost for exercises: in production it is a hundred times that.
    given = hashlib.scrypt(password.encode(), salt=salt, n=256, r=8, p=1)
    return _where("id", number) if hmac.compare_digest(given, expected) else None


def by_handle(handle: str) -> dict[str, Any] | None:
    """The person with this handle."""
    return _where("handle", handle)


def rights_of(number: int) -> list[str]:
    """All rights of the person with this number."""
    with connection() as db:
        found = db.execute("SELECT name FROM rights WHERE person = ? ORDER BY name", (number,)).fetchall()
    return [name for (name,) in found]


def prescribe(number: int, patient: str, drug: str) -> None:
    """Store a prescription by the person with this number."""
    with connection() as db:
        db.execute("INSERT INTO prescriptions (person, patient, drug) VALUES (?, ?, ?)", (number, patient, drug))


def _where(column: str, value: object) -> dict[str, Any] | None:
    with connection() as db:
        found = db.execute(f"SELECT {', '.join(COLUMNS)} FROM people WHERE {column} = ?", (value,)).fetchone()
    return dict(zip(COLUMNS, found, strict=True)) if found is not None else None
