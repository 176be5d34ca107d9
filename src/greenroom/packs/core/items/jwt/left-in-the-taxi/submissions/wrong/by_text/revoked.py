"""Tokens that were logged out, by their hashes."""

import hashlib

import clock
from database import connection
from settings import LEEWAY_S, LIFETIME_S


def revoke(token: str) -> None:
    """From now on *token* is not accepted."""
    with connection() as db:
        db.execute("DELETE FROM revoked WHERE until <= ?", (clock.now(),))
        db.execute("INSERT OR IGNORE INTO revoked VALUES (?, ?)", (_hash(token), clock.now() + LIFETIME_S + LEEWAY_S))


def is_revoked(token: str) -> bool:
    """Whether *token* was logged out."""
    with connection() as db:
        return db.execute("SELECT 1 FROM revoked WHERE hash = ?", (_hash(token),)).fetchone() is not None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
