"""A login is one row with the hash of its current token. A token is `login.secret`; any other secret is a spent one."""

import hashlib
import secrets

import clock
from database import connection

LIFETIME_S = 30 * 86_400


class Refused(Exception):
    """This refresh token is not accepted."""


def begin(member: int) -> str:
    """A new login's first token."""
    login, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
    with connection() as db:
        row = (_hash(login), member, _hash(secret), clock.now() + LIFETIME_S)
        db.execute("INSERT INTO logins VALUES (?, ?, ?, ?)", row)
    return f"{login}.{secret}"


def exchange(token: str) -> tuple[int, str]:
    """The member whose token this is, and the token's successor. Raises Refused."""
    login, _, secret = token.partition(".")
    successor, now = secrets.token_urlsafe(32), clock.now()
    with connection() as db:
        found = db.execute(
            "UPDATE logins SET current = ?, expires = ? WHERE id = ? AND current = ? AND expires > ? RETURNING member",
            (_hash(successor), now + LIFETIME_S, _hash(login), _hash(secret), now),
        ).fetchone()
        if found is None:
            db.execute("DELETE FROM logins WHERE id = ? AND current <> ?", (_hash(login), _hash(secret)))
            raise Refused
    return found[0], f"{login}.{successor}"


def end(token: str) -> None:
    """End the login that *token* belongs to, if there is one."""
    with connection() as db:
        db.execute("DELETE FROM logins WHERE id = ?", (_hash(token.partition(".")[0]),))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
