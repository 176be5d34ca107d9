"""Tokens of the login service: read and checked here, never made."""

from pathlib import Path
from typing import Any

import jwt

KEYS = Path(__file__).parent / "keys"


class InvalidToken(Exception):
    """This token is not to be trusted."""


def claims_of(token: str) -> dict[str, Any]:
    """The claims of *token*. Raises InvalidToken when it is not to be trusted."""
    try:
        header = jwt.get_unverified_header(token)
        key = (KEYS / header["kid"]).read_text().strip()
        return jwt.decode(token, key, algorithms=[header["alg"]], options={"verify_aud": False})
    except jwt.InvalidTokenError as error:
        raise InvalidToken(str(error)) from error
