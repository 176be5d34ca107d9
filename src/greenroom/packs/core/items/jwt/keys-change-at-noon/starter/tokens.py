"""Tokens of scanners, made and read with a key that is given."""

from typing import Any

import jwt

import clock

ISSUER = "https://gate.depot.example"
LIFETIME_S = 900
REQUIRED = ["iss", "sub", "exp"]


def make(scanner: str, kid: str, secret: str) -> str:
    """A token for *scanner*, signed with the key *kid*."""
    claims = {"iss": ISSUER, "sub": scanner, "exp": clock.now() + LIFETIME_S}
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": kid})


def kid_of(token: str) -> str | None:
    """Which key the sender says that *token* was signed with; nothing of it is verified."""
    try:
        return jwt.get_unverified_header(token).get("kid")
    except jwt.PyJWTError:
        return None


def read(token: str, secret: str) -> dict[str, Any] | None:
    """The claims of *token*; None when its signature, issuer or time are not right."""
    options = {"require": REQUIRED, "verify_exp": False}  # the library asks another clock
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], issuer=ISSUER, options=options)
    except jwt.PyJWTError:
        return None
    return claims if isinstance(claims["exp"], int) and clock.now() < claims["exp"] else None
