"""Who made a problem, where it comes from and how it may be used: as text, whatever shape it is written in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from greenroom.bank.kattis.keys import Keys, text_of

LICENSES = ("unknown", "public domain", "cc0", "cc by", "cc by-sa", "educational", "permission")


def people(value: Any) -> tuple[str, ...]:
    """Names (with addresses where they are given): of one person or several, each as text or as a map with `name`."""
    several = value if isinstance(value, list) else [value]
    return tuple(name for one in several if (name := _person(one)))


def source(value: Any, url: str = "") -> str:
    """Where the problem comes from: one source or several, each as text or as a map with `name` and `url`."""
    several = value if isinstance(value, list) else [value]
    named = [_source(one) for one in several]
    text = ", ".join(name for name in named if name)
    return f"{text} ({url})" if text and url else text


def license_of(keys: Keys) -> str:
    """The licence as it is written; one that the formats do not know is named."""
    text = keys.text("license", "unknown") or "unknown"
    if text.lower() not in LICENSES:
        keys.leave_out("license", f"{text[:60]!r} is not one that the format knows", f"use: {', '.join(LICENSES)}")
        return text
    return text.lower()


def uuid_of(keys: Keys) -> str | None:
    """The package's UUID; None for a missing one, and for one that is none, which is named."""
    text = keys.text("uuid")
    try:
        return str(UUID(text)) if text else None
    except ValueError:
        keys.leave_out("uuid", f"{text[:60]!r} is not a UUID")
        return None


def _person(value: Any) -> str:
    if not isinstance(value, dict):
        return text_of(value) or ""
    name, email = text_of(value.get("name")) or "", text_of(value.get("email")) or ""
    return f"{name} <{email}>" if name and email else name


def _source(value: Any) -> str:
    if not isinstance(value, dict):
        return text_of(value) or ""
    name, url = text_of(value.get("name")) or "", text_of(value.get("url")) or ""
    return f"{name} ({url})" if name and url else name
