"""Tokens of the login service, checked gate by gate with the standard library."""

import base64
import hashlib
import hmac
import json
import re
import time
from pathlib import Path
from typing import Any

import settings

FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
FOLDER = Path(__file__).parent / "keys"


class InvalidToken(Exception):
    """This token is not to be trusted."""


def claims_of(token: str) -> dict[str, Any]:
    """The claims of *token*. Raises InvalidToken when it is not to be trusted."""
    try:
        return _checked(token)
    except (ValueError, RecursionError) as error:
        raise InvalidToken from error


def _checked(token: str) -> dict[str, Any]:
    if not FORM.fullmatch(token):
        raise InvalidToken
    head, body, mac = token.split(".")
    header = _json(head)
    if header.get("alg") != "HS256":
        raise InvalidToken
    match header.get("kid"):
        case "web" | "mobile" as kid:
            key = (FOLDER / kid).read_text().strip().encode()
        case _:
            raise InvalidToken
    expected = hmac.new(key, f"{head}.{body}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(expected, _bytes(mac)):
        raise InvalidToken
    claims = _json(body)
    now, audience, subject = time.time(), claims.get("aud"), claims.get("sub")
    audiences = [audience] if isinstance(audience, str) else audience
    fine = (
        claims.get("iss") == settings.ISSUER
        and isinstance(audiences, list)
        and settings.AUDIENCE in audiences
        and isinstance(subject, str)
        and subject != ""
        and _is_time(claims.get("exp"))
        and claims["exp"] > now - settings.LEEWAY_S
        and _is_time(claims.get("nbf", 0))
        and claims.get("nbf", 0) <= now + settings.LEEWAY_S
    )
    if not fine:
        raise InvalidToken
    return claims


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _json(part: str) -> dict[str, Any]:
    found = json.loads(_bytes(part))
    if not isinstance(found, dict):
        raise InvalidToken
    return found
