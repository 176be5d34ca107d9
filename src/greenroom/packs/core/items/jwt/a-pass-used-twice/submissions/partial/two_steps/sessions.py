"""Refresh tokens: begun at a login, exchanged for a successor, ended at a logout."""

import hashlib
import secrets
from typing import Any

import clock
from database import connection, transaction

LIFETIME_S = 30 * 86_400


class Refused(Exception):
    """This refresh token is not accepted."""


def begin(member: int) -> str:
    """A new login's first token."""
    with transaction() as db:
        login = db.execute("INSERT INTO logins (member) VALUES (?)", (member,)).lastrowid
        return _issue(db, login)


def exchange(token: str) -> tuple[int, str]:
    """The member whose token this is, and the token's successor. Raises Refused."""
    with connection() as db:
        found = db.execute(
            "SELECT login, member, expires, ended FROM refresh_tokens JOIN logins ON logins.id = login WHERE hash = ?",
            (_hash(token),),
        ).fetchone()
        if found is None:
            raise Refused
        login, member, expires, ended = found
        spent = db.execute("UPDATE refresh_tokens SET spent = 1 WHERE hash = ? AND NOT spent", (_hash(token),))
        if spent.rowcount == 0:
            db.execute("UPDATE logins SET ended = 1 WHERE id = ?", (login,))
        if spent.rowcount == 0 or ended or expires <= clock.now():
            raise Refused
        return member, _issue(db, login)


def end(token: str) -> None:
    """End the login that *token* belongs to, if there is one."""
    with transaction() as db:
        db.execute(
            "UPDATE logins SET ended = 1 WHERE id = (SELECT login FROM refresh_tokens WHERE hash = ?)", (_hash(token),)
        )


def _issue(db: Any, login: int) -> str:
    token = secrets.token_urlsafe(32)
    row = (_hash(token), login, clock.now() + LIFETIME_S)
    db.execute("INSERT INTO refresh_tokens (hash, login, expires) VALUES (?, ?, ?)", row)
    return token


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
