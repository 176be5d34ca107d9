"""Tokens of the login service: read and checked here, never made."""

from pathlib import Path
from typing import Any

import jwt

from settings import AUDIENCE, ISSUER, LEEWAY_S

FOLDER = Path(__file__).parent / "keys"
KEYS = {name: (FOLDER / name).read_text().strip() for name in ("web", "mobile")}
REQUIRED = ["iss", "aud", "sub", "exp"]


class InvalidToken(Exception):
    """This token is not to be trusted."""


def claims_of(token: str) -> dict[str, Any]:
    """The claims of *token*. Raises InvalidToken when it is not to be trusted."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        if kid not in KEYS:
            raise InvalidToken("unknown key")
        claims = jwt.decode(
            token,
            KEYS[kid],
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY_S,
            options={"require": REQUIRED},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise InvalidToken("refused by the library") from error
    times = [claims["exp"], claims.get("nbf", 0)]
    if any(isinstance(time, bool) or not isinstance(time, int | float) for time in times):
        raise InvalidToken("a time that is no number")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise InvalidToken("no subject")
    return claims
