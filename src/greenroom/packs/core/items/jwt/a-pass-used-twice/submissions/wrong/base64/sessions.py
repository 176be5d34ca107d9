"""Refresh tokens, protected by base64: begun at a login, exchanged for a successor, ended at a logout."""

import base64
import secrets

import clock
from database import connection

LIFETIME_S = 30 * 86_400


class Refused(Exception):
    """This refresh token is not accepted."""


def begin(member: int) -> str:
    """A new login's first token."""
    token = secrets.token_urlsafe(32)
    with connection() as db:
        db.execute("INSERT INTO refresh_tokens VALUES (?, ?, ?)", (_kept(token), member, clock.now() + LIFETIME_S))
    return token


def exchange(token: str) -> tuple[int, str]:
    """The member whose token this is, and the token's successor. Raises Refused."""
    successor = secrets.token_urlsafe(32)
    with connection() as db:
        found = db.execute("SELECT member, expires FROM refresh_tokens WHERE token = ?", (_kept(token),)).fetchone()
        if found is None or found[1] <= clock.now():
            raise Refused
        db.execute("DELETE FROM refresh_tokens WHERE token = ?", (_kept(token),))
        db.execute("INSERT INTO refresh_tokens VALUES (?, ?, ?)", (_kept(successor), found[0], clock.now() + LIFETIME_S))
    return found[0], successor


def end(token: str) -> None:
    """End the login that *token* belongs to, if there is one."""
    with connection() as db:
        db.execute("DELETE FROM refresh_tokens WHERE token = ?", (_kept(token),))


def _kept(token: str) -> str:
    return base64.b64encode(token.encode()).decode()
