"""Access tokens: JWTs that this installation signed a short while ago, and nothing else.

A JWT library accepts whatever RFC 7515 and RFC 7519 allow. Of that, tokens of ours use one form, and only this form is
accepted: three canonical parts, a header of exactly `alg`, `typ` and `kid`, claims of exactly the names below with
exactly one type each. The key says which algorithm is right, never the token. No key is ever looked for elsewhere.
Every refusal is the same to who sent the token; the reason is for the log.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from greenroom.accounts.keys import Key, KeyRing
from greenroom.accounts.rules import ACCESS_LIFETIME, LEEWAY

TYPE = "at+jwt"
"""RFC 9068, section 2.1: so that no other kind of JWT is taken for an access token."""

MOST_BYTES = 4096
_MOST_DIGITS = 12

_HEADER = frozenset(("alg", "typ", "kid"))
_STRINGS = ("iss", "aud", "sub", "sid", "jti")
_TIMES = ("iat", "nbf", "exp")
_CLAIMS = frozenset((*_STRINGS, *_TIMES))
_KID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_JTI = re.compile(r"[A-Za-z0-9_-]{22}")
_PART = re.compile(r"[A-Za-z0-9_-]+")

_jws = jwt.PyJWS()


class TokenError(Exception):
    """The token is not one of ours, or not any more. `reason` is for the log, never for who sent it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Access:
    """What a good access token says: who, in which session, until when."""

    user_id: str
    session_id: str
    token_id: str
    expires_at: datetime


@dataclass(frozen=True)
class Realm:
    """Who issues tokens, for whom, and for how long: at most `ACCESS_LIFETIME`."""

    issuer: str
    audience: str
    lifetime: timedelta = ACCESS_LIFETIME


def issue(key: Key, realm: Realm, *, user_id: str, session_id: str, now: datetime) -> tuple[str, Access]:
    """A token of the realm's lifetime, and what it says."""
    at = int(now.timestamp())
    until = at + int(realm.lifetime.total_seconds())
    access = Access(user_id, session_id, secrets.token_urlsafe(16), datetime.fromtimestamp(until, UTC))
    claims = {
        "iss": realm.issuer,
        "aud": realm.audience,
        "sub": user_id,
        "sid": session_id,
        "jti": access.token_id,
        "iat": at,
        "nbf": at,
        "exp": until,
    }
    header = {"typ": TYPE, "kid": key.kid}
    return jwt.encode(claims, key.signing, algorithm=key.algorithm, headers=header), access


def verify(text: str, ring: KeyRing, realm: Realm, now: datetime) -> Access:
    """What the token says. Raises TokenError for whatever `issue` did not make for *realm*, or that is not good now."""
    header, claims = _parts(text)
    key = _key(header, ring, now)
    try:
        _jws.decode(text, key.verifying, algorithms=[key.algorithm])
    except jwt.PyJWTError as error:
        raise TokenError(f"signature: {type(error).__name__}") from None
    _check_names(claims, realm)
    return _in_time(claims, now)


def _parts(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if len(text) > MOST_BYTES:
        raise TokenError("too long")
    parts = text.split(".")
    if len(parts) != 3:
        raise TokenError("not three parts")
    header, claims, _ = map(_decoded, parts)
    return _object(header), _object(claims)


def _decoded(part: str) -> bytes:
    """The bytes of a part. There is one way to write them: without padding, with no bit set that means nothing."""
    if not _PART.fullmatch(part):
        raise TokenError("not base64url")
    try:
        found = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise TokenError("not base64url") from None
    if base64.urlsafe_b64encode(found).rstrip(b"=") != part.encode():
        raise TokenError("not canonical base64url")
    return found


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_int=_whole,
            parse_float=_refused,
            parse_constant=_refused,
        )
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise TokenError("not JSON") from None
    if not isinstance(found, dict):
        raise TokenError("not an object")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TokenError("a name stands twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise TokenError("a huge number")
    return int(digits)


def _refused(text: str) -> Any:
    raise TokenError(f"not a whole number: {text[:20]}")


def _key(header: dict[str, Any], ring: KeyRing, now: datetime) -> Key:
    if header.keys() != _HEADER:
        raise TokenError("other headers than alg, typ and kid")
    if header["typ"] != TYPE:
        raise TokenError("another type")
    kid = header["kid"]
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise TokenError("no key has such a name")
    key = ring.find(kid, now)
    if key is None:
        raise TokenError("an unknown or retired key")
    if header["alg"] != key.algorithm:
        raise TokenError("another algorithm than the key's")
    return key


def _check_names(claims: dict[str, Any], realm: Realm) -> None:
    if claims.keys() != _CLAIMS:
        raise TokenError("other claims than ours")
    if not all(isinstance(claims[name], str) for name in _STRINGS):
        raise TokenError("a claim of another type")
    if claims["iss"] != realm.issuer:
        raise TokenError("another issuer")
    if claims["aud"] != realm.audience:
        raise TokenError("another audience")
    if not (_ID.fullmatch(claims["sub"]) and _ID.fullmatch(claims["sid"]) and _JTI.fullmatch(claims["jti"])):
        raise TokenError("an id of another form")


def _in_time(claims: dict[str, Any], now: datetime) -> Access:
    if not all(type(claims[name]) is int and claims[name] > 0 for name in _TIMES):
        raise TokenError("a time of another type")
    at, leeway = now.timestamp(), LEEWAY.total_seconds()
    if claims["exp"] - claims["iat"] > ACCESS_LIFETIME.total_seconds():
        raise TokenError("it lives too long")
    if claims["iat"] > at + leeway or claims["nbf"] > at + leeway:
        raise TokenError("it is of the future")
    if claims["nbf"] > claims["exp"] or claims["exp"] <= at:
        raise TokenError("it has ended")
    return Access(claims["sub"], claims["sid"], claims["jti"], datetime.fromtimestamp(claims["exp"], UTC))
