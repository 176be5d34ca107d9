"""A login is one row: the hash of its current secret, and of the one before with the time of its exchange."""

import hashlib
import secrets

import clock
from database import connection

LIFETIME_S = 30 * 86_400
GRACE_S = 10


class Refused(Exception):
    """This refresh token is not accepted."""


def begin(member: int) -> str:
    login, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
    with connection() as db:
        db.execute(
            "INSERT INTO logins (id, member, current, expires) VALUES (?, ?, ?, ?)",
            (_hash(login), member, _hash(secret), clock.now() + LIFETIME_S),
        )
    return f"{login}.{secret}"


def exchange(token: str) -> tuple[int, str | None]:
    login, _, secret = token.partition(".")
    successor, now = secrets.token_urlsafe(32), clock.now()
    names = {"login": _hash(login), "old": _hash(secret), "new": _hash(successor), "now": now}
    with connection() as db:
        found = db.execute(
            "UPDATE logins SET previous = current, exchanged = :now, current = :new, expires = :until"
            " WHERE id = :login AND current = :old AND expires > :now RETURNING member",
            names | {"until": now + LIFETIME_S},
        ).fetchone()
        if found is not None:
            return found[0], f"{login}.{successor}"
        found = db.execute(
            "SELECT member FROM logins WHERE id = :login AND previous = :old AND :now - exchanged <= :grace",
            names | {"grace": GRACE_S},
        ).fetchone()
        if found is not None:
            return found[0], None
        db.execute("DELETE FROM logins WHERE id = :login AND current <> :old", names)
    raise Refused


def end(token: str) -> None:
    with connection() as db:
        db.execute("DELETE FROM logins WHERE id = ?", (_hash(token.partition(".")[0]),))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
