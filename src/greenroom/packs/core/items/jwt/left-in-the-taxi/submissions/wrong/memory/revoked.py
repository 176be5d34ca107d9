"""Tokens that were logged out, by their ids."""

from typing import Any

import clock
from settings import LEEWAY_S

_REVOKED: dict[str, int] = {}


def revoke(claims: dict[str, Any]) -> None:
    """From now on the token with these claims is not accepted."""
    for jti in [jti for jti, until in _REVOKED.items() if until <= clock.now()]:
        del _REVOKED[jti]
    _REVOKED[claims["jti"]] = claims["exp"] + LEEWAY_S


def is_revoked(claims: dict[str, Any]) -> bool:
    """Whether the token with these claims was logged out."""
    return claims["jti"] in _REVOKED
