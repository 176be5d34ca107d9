"""Access tokens, made and read."""

from typing import Any

import jwt

import clock
from settings import AUDIENCE, ISSUER, KEY, LIFETIME_S, SCOPES

REQUIRED = ["iss", "aud", "sub", "iat", "exp", "scope"]


def make(handle: str, rights: list[str]) -> str:
    """A token for the person with this *handle*: what other services check, and nothing that they could learn."""
    now = clock.now()
    scope = " ".join(name for name in SCOPES if name in rights)
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": handle, "iat": now, "exp": now + LIFETIME_S, "scope": scope}
    return jwt.encode(claims, KEY, algorithm="HS256")


def read(token: str) -> dict[str, Any] | None:
    """The claims of *token*; None when it is not to be trusted."""
    options = {"require": REQUIRED, "verify_exp": False, "verify_iat": False}  # the library asks another clock
    try:
        claims = jwt.decode(token, KEY, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER, options=options)
    except jwt.PyJWTError:
        return None
    exp, iat, subject = claims["exp"], claims["iat"], claims["sub"]
    if not isinstance(exp, int) or not isinstance(iat, int) or not subject or not isinstance(claims["scope"], str):
        return None
    return claims if clock.now() < exp else None
