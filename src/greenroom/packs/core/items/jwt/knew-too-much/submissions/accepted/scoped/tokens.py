"""Access tokens as a small type of their own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import jwt

import clock
import settings


@dataclass(frozen=True)
class Token:
    handle: str
    scopes: frozenset[str]

    def encode(self) -> str:
        now = clock.now()
        return jwt.encode(
            {
                "jti": uuid.uuid4().hex,
                "iss": settings.ISSUER,
                "aud": [settings.AUDIENCE],
                "sub": self.handle,
                "iat": now,
                "exp": now + settings.LIFETIME_S,
                "scope": " ".join(sorted(self.scopes & set(settings.SCOPES))),
            },
            settings.KEY,
            algorithm="HS256",
        )

    @classmethod
    def decode(cls, text: str) -> Token:
        """Raises ValueError for whatever is not one of ours, of now."""
        try:
            claims = jwt.decode(
                text,
                settings.KEY,
                algorithms=["HS256"],
                audience=settings.AUDIENCE,
                issuer=settings.ISSUER,
                options={"verify_exp": False, "verify_iat": False, "require": ["aud", "iss", "sub"]},
            )
        except jwt.InvalidTokenError as error:
            raise ValueError("not a token of ours") from error
        match claims:
            case {"sub": str(handle), "scope": str(scope), "iat": int(made), "exp": int(ends)} if handle:
                if ends - made <= settings.LIFETIME_S and clock.now() < ends:
                    return cls(handle, frozenset(scope.split()))
        raise ValueError("not a token of now")
