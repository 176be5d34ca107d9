"""Tokens made by hand: any header and any claims, with a signature that is right unless a test wants it wrong.

So a row of the matrix has exactly one flaw, and the reason of the refusal must be that flaw.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from greenroom.accounts.keys import Key, KeyRing
from greenroom.accounts.tokens import Access, Realm, TokenError, verify
from tests.interview.builders import START

NOW = START
AT = int(NOW.timestamp())
REALM = Realm("greenroom.test", "greenroom.test/api")
USER = "01a228ac-4bef-76f9-b6e0-978ceb306f67"
SESSION = "01a228ac-4c8a-7ec8-99f3-5686c711626a"
TOKEN_ID = "clkwH-PbhD7Q6RxtoFHIMA"


show: Callable[[str, KeyRing, datetime], list[int]] | None = None
"""Where there is one, it shows a token to servers that have the ring's keys, and says what they answered."""


class Absent:
    """The name is left out."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = Absent()


def b64(content: bytes) -> str:
    """Canonical base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def as_json(value: Any) -> bytes:
    """JSON as the library writes it."""
    return json.dumps(value, separators=(",", ":")).encode()


def changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """*base* with *changes*; names that are `ABSENT` are left out."""
    return {name: value for name, value in (base | changes).items() if value is not ABSENT}


@dataclass(frozen=True)
class Mint:
    """Makes tokens with the key that the ring knows."""

    key: Key
    ring: KeyRing

    def header(self, **changes: Any) -> dict[str, Any]:
        """A good header but for *changes*."""
        return changed({"alg": self.key.algorithm, "typ": "at+jwt", "kid": self.key.kid}, changes)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Good claims but for *changes*."""
        good = {
            "iss": REALM.issuer,
            "aud": REALM.audience,
            "sub": USER,
            "sid": SESSION,
            "jti": TOKEN_ID,
            "iat": AT,
            "nbf": AT,
            "exp": AT + 900,
        }
        return changed(good, changes)

    def sign(self, head: str, body: str) -> bytes:
        """The right signature over two parts, whatever they are."""
        said = f"{head}.{body}".encode()
        if self.key.algorithm == "HS256":
            return hmac.new(self.key.secret, said, hashlib.sha256).digest()
        return Ed25519PrivateKey.from_private_bytes(self.key.secret).sign(said)

    def parts(self, head: str, body: str) -> str:
        """A token of two encoded parts as they stand, rightly signed."""
        return f"{head}.{body}.{b64(self.sign(head, body))}"

    def token(self, header: dict[str, Any] | bytes | None = None, claims: dict[str, Any] | bytes | None = None) -> str:
        """A token of *header* and *claims*, given as values or as the bytes of their JSON; rightly signed."""
        head, body = self.header() if header is None else header, self.claims() if claims is None else claims
        return self.parts(*(b64(one if isinstance(one, bytes) else as_json(one)) for one in (head, body)))

    def accept(self, token: str, now: datetime = NOW) -> Access:
        """What the token says. Raises TokenError."""
        access = verify(token, self.ring, REALM, now)
        if show is not None and (access.user_id, access.session_id) == (USER, SESSION):
            assert set(show(token, self.ring, now)) <= {200}
        return access

    def refuse(self, token: str, reason: str, now: datetime = NOW) -> None:
        """Fails unless the token is refused for *reason*."""
        with pytest.raises(TokenError) as refused:
            verify(token, self.ring, REALM, now)
        assert refused.value.reason.startswith(reason), refused.value.reason
        if show is not None:
            assert set(show(token, self.ring, now)) <= {401}
