"""Access tokens, made and read."""

import uuid
from typing import Any

import jwt

import clock
from settings import ISSUER, KEY, LEEWAY_S, LIFETIME_S

REQUIRED = ["iss", "sub", "iat", "exp", "jti"]


def make(editor: str) -> str:
    """A token for *editor*, with an id of its own."""
    now = clock.now()
    claims = {"iss": ISSUER, "sub": editor, "iat": now, "exp": now + LIFETIME_S, "jti": str(uuid.uuid4())}
    return jwt.encode(claims, KEY, algorithm="HS256")


def read(token: str) -> dict[str, Any] | None:
    """The claims of *token*; None when signature, issuer or time are not right."""
    # The library asks another clock, so the times are compared here.
    options = {"require": REQUIRED, "verify_exp": False, "verify_iat": False}
    try:
        claims = jwt.decode(token, KEY, algorithms=["HS256"], issuer=ISSUER, options=options)
    except jwt.PyJWTError:
        return None
    return claims if isinstance(claims["exp"], int) and clock.now() < claims["exp"] + LEEWAY_S else None
