"""Identifiers that sort by the time they were made."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62


def new_id(now: datetime) -> str:
    """A UUID version 7 (RFC 9562, section 5.7): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    random_a = secrets.randbits(12) << 64
    random_b = secrets.randbits(62)
    return str(UUID(int=(milliseconds << 80) | _VERSION | random_a | _VARIANT | random_b))
