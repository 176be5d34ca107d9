"""The members and the lessons, in the database."""

from contextlib import closing
from typing import NamedTuple

from greenroom_lab import connect


class Member(NamedTuple):
    name: str
    salt: bytes
    hash: bytes


def find(name: str) -> Member | None:
    """The member of that name."""
    with closing(connect()) as connection:
        found = connection.execute("SELECT name, salt, hash FROM members WHERE name = ?", (name,)).fetchone()
    return None if found is None else Member(found[0], bytes.fromhex(found[1]), bytes.fromhex(found[2]))


def lessons() -> list[str]:
    with closing(connect()) as connection:
        return [title for (title,) in connection.execute("SELECT title FROM lessons ORDER BY title")]
