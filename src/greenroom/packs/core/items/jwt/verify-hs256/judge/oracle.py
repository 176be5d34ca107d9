"""The expected subject, by building the only spelling that would be right and comparing text."""

import base64
import hashlib
import hmac
import json
import string

ALPHABET = set(string.ascii_letters + string.digits + "-_")


def _plain(part):
    return json.loads(base64.b64decode(part.translate({45: "+", 95: "/"}) + "==="[: -len(part) % 4]).decode("utf-8"))


def _number(value):
    return type(value) in (int, float)


def oracle(token, key, now, audience, issuer):
    pieces = token.split(".")
    if len(pieces) != 3 or not all(piece and set(piece) <= ALPHABET for piece in pieces):
        return None
    text = ".".join(pieces[:2])
    seal = base64.b64encode(hmac.digest(key.encode("utf-8"), text.encode("ascii"), hashlib.sha256)).decode()
    if seal.replace("+", "-").replace("/", "_").strip("=") != pieces[2]:
        return None
    try:
        header, claims = _plain(pieces[0]), _plain(pieces[1])
    except (ValueError, RecursionError):
        return None
    if type(header) is not dict or type(claims) is not dict or header.get("alg") != "HS256":
        return None
    audiences = claims.get("aud")
    audiences = [audiences] if type(audiences) is str else audiences
    rules = (
        claims.get("iss") == issuer,
        type(audiences) is list and audience in audiences,
        _number(claims.get("exp")) and claims["exp"] > now,
        "nbf" not in claims or (_number(claims["nbf"]) and claims["nbf"] <= now),
        type(claims.get("sub")) is str and claims["sub"] != "",
    )
    return claims["sub"] if all(rules) else None
