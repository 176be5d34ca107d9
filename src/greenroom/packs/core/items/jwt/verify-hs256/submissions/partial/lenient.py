import base64
import hashlib
import hmac
import json


def read(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def trusted_subject(token: str, key: str, now: int, audience: str, issuer: str) -> str | None:
    # right in what it checks, but it trusts the form of its input
    try:
        head, body, signature = token.split(".")
        if read(head)["alg"] != "HS256":
            return None
    except (ValueError, KeyError):
        return None
    expected = hmac.new(key.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(expected, base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))):
        return None
    claims = read(body)
    aud = claims.get("aud")
    if claims.get("iss") != issuer or not (aud == audience or isinstance(aud, list) and audience in aud):
        return None
    if type(claims.get("exp")) not in (int, float) or claims["exp"] <= now:
        return None
    if "nbf" in claims and (type(claims["nbf"]) not in (int, float) or claims["nbf"] > now):
        return None
    if not isinstance(claims.get("sub"), str):
        return None
    return claims["sub"] or None
