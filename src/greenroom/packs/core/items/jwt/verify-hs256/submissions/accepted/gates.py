import base64
import hashlib
import hmac
import json
import re
from typing import Any

PART = re.compile(r"[A-Za-z0-9_-]+")


def decode_part(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def acceptable(claims: dict[str, Any], now: int, audience: str, issuer: str) -> bool:
    if claims.get("iss") != issuer:
        return False
    aud = claims.get("aud")
    if aud != audience and not (isinstance(aud, list) and audience in aud):
        return False
    exp = claims.get("exp")
    if not is_number(exp) or now >= exp:
        return False
    if "nbf" in claims and not (is_number(claims["nbf"]) and claims["nbf"] <= now):
        return False
    return isinstance(claims.get("sub"), str) and claims["sub"] != ""


def trusted_subject(token: str, key: str, now: int, audience: str, issuer: str) -> str | None:
    parts = token.split(".")
    if len(parts) != 3 or not all(PART.fullmatch(part) for part in parts):
        return None
    try:
        header = json.loads(decode_part(parts[0]).decode("utf-8"))
        if not isinstance(header, dict) or header.get("alg") != "HS256":
            return None
        message = f"{parts[0]}.{parts[1]}".encode("ascii")
        expected = hmac.new(key.encode("utf-8"), message, hashlib.sha256).digest()
        if not hmac.compare_digest(expected, decode_part(parts[2])):
            return None
        claims = json.loads(decode_part(parts[1]).decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if isinstance(claims, dict) and acceptable(claims, now, audience, issuer):
        return claims["sub"]
    return None
