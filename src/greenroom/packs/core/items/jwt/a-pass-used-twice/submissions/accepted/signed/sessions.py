"""Refresh tokens are JWTs: the table knows the id of each family's current one, and without the key an id is no token."""

import uuid
from typing import Any

import jwt

import access
import clock
from database import connection

LIFETIME_S = 30 * 86_400
KEY = "refresh-" + access.KEY


class Refused(Exception):
    """This refresh token is not accepted."""


def begin(member: int) -> str:
    family, jti = uuid.uuid4().hex, uuid.uuid4().hex
    with connection() as db:
        db.execute("INSERT INTO families VALUES (?, ?, ?, ?)", (family, member, jti, clock.now() + LIFETIME_S))
    return _signed(family, jti)


def exchange(token: str) -> tuple[int, str]:
    claims = _claims(token)
    if claims is None or claims["exp"] <= clock.now():
        raise Refused
    jti = uuid.uuid4().hex
    with connection() as db:
        changed = db.execute(
            "UPDATE families SET jti = ?, until = ? WHERE id = ? AND jti = ?",
            (jti, clock.now() + LIFETIME_S, claims["fam"], claims["jti"]),
        )
        if changed.rowcount == 0:
            db.execute("UPDATE families SET jti = NULL WHERE id = ?", (claims["fam"],))
            raise Refused
        member = db.execute("SELECT member FROM families WHERE id = ?", (claims["fam"],)).fetchone()[0]
    return member, _signed(claims["fam"], jti)


def end(token: str) -> None:
    claims = _claims(token)
    if claims is not None:
        with connection() as db:
            db.execute("UPDATE families SET jti = NULL WHERE id = ?", (claims["fam"],))


def _signed(family: str, jti: str) -> str:
    return jwt.encode({"fam": family, "jti": jti, "exp": clock.now() + LIFETIME_S}, KEY, algorithm="HS256")


def _claims(token: str) -> dict[str, Any] | None:
    try:
        options = {"require": ["exp", "jti", "fam"], "verify_exp": False}
        return jwt.decode(token, KEY, algorithms=["HS256"], options=options)
    except jwt.PyJWTError:
        return None
