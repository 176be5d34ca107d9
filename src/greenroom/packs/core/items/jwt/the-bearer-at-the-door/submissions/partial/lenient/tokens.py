"""Tokens of the login service: read and checked here, never made."""

from pathlib import Path
from typing import Any

import jwt

from settings import AUDIENCE, ISSUER, LEEWAY_S

FOLDER = Path(__file__).parent / "keys"
KEYS = {name: (FOLDER / name).read_text().strip() for name in ("web", "mobile")}


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
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise InvalidToken("refused by the library") from error
    return {"sub": "unknown"} | claims
