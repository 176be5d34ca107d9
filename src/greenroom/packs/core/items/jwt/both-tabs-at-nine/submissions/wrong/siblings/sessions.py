"""Refresh tokens: begun at a login, exchanged for a successor, ended at a logout or by a theft."""

import hashlib
import secrets
from typing import Any

import clock
from database import connection, transaction

LIFETIME_S = 30 * 86_400
GRACE_S = 10


class Refused(Exception):
    """This refresh token is not accepted."""


def begin(member: int) -> str:
    """A new login's first token."""
    with connection() as db:
        login = db.execute("INSERT INTO logins (member) VALUES (?)", (member,)).lastrowid
        return _issue(db, login)


def exchange(token: str) -> tuple[int, str | None]:
    """The member whose token this is, and its successor; None for whoever is late by a moment. Raises Refused."""
    now = clock.now()
    with transaction() as db:
        won = db.execute(
            "UPDATE refresh_tokens SET spent = ? WHERE hash = ? AND spent IS NULL AND expires > ?"
            " AND login IN (SELECT id FROM logins WHERE NOT ended) RETURNING login",
            (now, _hash(token), now),
        ).fetchone()
        found = db.execute(
            "SELECT login, member, spent, ended FROM refresh_tokens JOIN logins ON logins.id = login WHERE hash = ?",
            (_hash(token),),
        ).fetchone()
        if won is not None:
            return found[1], _issue(db, won[0])
        if found is not None and found[2] is not None:
            login, member, spent, ended = found
            if not ended and now - spent <= GRACE_S:
                return member, _issue(db, login)
            db.execute("UPDATE logins SET ended = 1 WHERE id = ?", (login,))
    raise Refused


def end(token: str) -> None:
    """End the login that *token* belongs to, if there is one."""
    with connection() as db:
        db.execute(
            "UPDATE logins SET ended = 1 WHERE id = (SELECT login FROM refresh_tokens WHERE hash = ?)", (_hash(token),)
        )


def _issue(db: Any, login: int) -> str:
    token = secrets.token_urlsafe(32)
    row = (_hash(token), login, clock.now() + LIFETIME_S)
    db.execute("INSERT INTO refresh_tokens (hash, login, expires) VALUES (?, ?, ?)", row)
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
