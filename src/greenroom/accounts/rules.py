"""Decisions about secrets and sessions: pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

LINK_LIFETIME = timedelta(hours=12)
SESSION_LIFETIME = timedelta(days=30)
SOLO_USER_ID = "00000000-0000-7000-8000-000000000001"


@dataclass(frozen=True)
class User:
    """The person behind a request."""

    id: str
    name: str
    session_id: str


def secret_hash(secret: str) -> str:
    """How a secret is stored. It has 256 random bits, so that a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_token(secret: str) -> str:
    """The token that forms of this session carry: derived from the cookie's secret, useless without it."""
    return hashlib.sha256(b"csrf:" + secret.encode()).hexdigest()[:32]
