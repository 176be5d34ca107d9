"""Access tokens: short-lived, and read without asking anybody."""

import time

import jwt

LIFETIME_S = 600
KEY = "choir-7a1e50c9d3b84f26b6e8f01c92d74a3b"


def token_for(member: int) -> str:
    """An access token."""
    return jwt.encode({"sub": str(member), "exp": int(time.time()) + LIFETIME_S}, KEY, algorithm="HS256")


def member_of(token: str) -> int | None:
    """Whose token this is; None when it is not to be trusted."""
    try:
        claims = jwt.decode(token, KEY, algorithms=["HS256"], options={"require": ["sub", "exp"]})
        return int(claims["sub"])
    except (jwt.PyJWTError, ValueError):
        return None
