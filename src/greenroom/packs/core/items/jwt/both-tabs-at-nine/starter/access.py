"""Access tokens: short-lived, and read without asking anybody."""

import jwt

import clock

LIFETIME_S = 600
KEY = "ledger-90c2d7be15f34a6f8e07c4d19ab36e58"


def token_for(member: int) -> str:
    """An access token."""
    return jwt.encode({"sub": str(member), "exp": clock.now() + LIFETIME_S}, KEY, algorithm="HS256")


def member_of(token: str) -> int | None:
    """Whose token this is; None when it is not to be trusted."""
    options = {"require": ["sub", "exp"], "verify_exp": False}  # the library asks another clock
    try:
        claims = jwt.decode(token, KEY, algorithms=["HS256"], options=options)
        return int(claims["sub"]) if claims["exp"] > clock.now() else None
    except (jwt.PyJWTError, TypeError, ValueError):
        return None
