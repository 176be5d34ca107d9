"""Tokens that were logged out, by their ids, for as long as they could be used."""

from typing import Any

import clock
from database import connection, transaction
from settings import LEEWAY_S


def revoke(claims: dict[str, Any]) -> None:
    """From now on the token with these claims is not accepted."""
    with transaction() as db:
        db.execute("DELETE FROM revoked WHERE until <= ?", (clock.now(),))
        row = (claims["jti"], claims["exp"] + LEEWAY_S)
        db.execute("INSERT INTO revoked VALUES (?, ?) ON CONFLICT DO NOTHING", row)


def is_revoked(claims: dict[str, Any]) -> bool:
    """Whether the token with these claims was logged out."""
    with connection() as db:
        return db.execute("SELECT 1 FROM revoked WHERE jti = ?", (claims["jti"],)).fetchone() is not None
