"""Decisions about people, their secrets and their sessions: pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from greenroom.kernel.errors import InputError

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_SLIDING = timedelta(days=30)
REFRESH_ABSOLUTE = timedelta(days=90)
GRACE = timedelta(seconds=10)
"""A refresh token that was spent so lately was raced for by two tabs; later it is a replay."""

LEEWAY = timedelta(seconds=5)
"""How far the clocks of two hosts may differ: for `iat` and `nbf`. Nothing is accepted after its end."""

LINK_LIFETIME = timedelta(hours=12)
RESET_LIFETIME = timedelta(minutes=30)
INVITATION_LIFETIME = timedelta(days=7)
SOLO_USER_ID = "00000000-0000-7000-8000-000000000001"

FEWEST_PASSWORD_CHARACTERS = 10
MOST_PASSWORD_CHARACTERS = 1024
_LONG = 20
"""So long a password is hard to try even when it is of few letters."""

MOST_EMAIL_CHARACTERS = 254
"""RFC 5321, section 4.5.3.1.3: a path has 256 characters with its brackets."""

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f\ud800-\udfff<>(),;:\\\"\[\]]{1,64}@[^@\s\x00-\x1f\x7f\ud800-\udfff]{1,255}")


class Role(StrEnum):
    """What somebody is here for. Each may do what those before it may, but for the rooms of others."""

    candidate = "candidate"
    interviewer = "interviewer"
    author = "author"
    admin = "admin"


_ORDER = tuple(Role)


def at_least(role: Role, wanted: Role) -> bool:
    """Whether *role* may do what is for *wanted*."""
    return _ORDER.index(role) >= _ORDER.index(wanted)


@dataclass(frozen=True)
class User:
    """The person behind a request, and the session that it came in."""

    id: str
    name: str
    session_id: str
    role: Role = Role.candidate
    email: str | None = None


def normal_email(text: str) -> str:
    """*text* as addresses are compared: NFKC, without case. Raises InputError for what is no address."""
    email = unicodedata.normalize("NFKC", text).strip().casefold()
    if len(email) > MOST_EMAIL_CHARACTERS or not _EMAIL.fullmatch(email) or "." not in email.rpartition("@")[2]:
        raise InputError("this is no e-mail address", mend="write it like ada@example.org")
    return email


def normal_password(text: str) -> bytes:
    """*text* as passwords are hashed: NFKC, so that two keyboards agree. Raises InputError for a lone surrogate."""
    try:
        return unicodedata.normalize("NFKC", text).encode()
    except UnicodeEncodeError:
        raise InputError("the password contains half a character", mend="type it again") from None


def check_password(text: str, *, email: str = "", name: str = "") -> None:
    """Raises InputError for a password that is too short, too long, or the user's own name.

    Nothing is asked of its characters: NIST SP 800-63B, section 3.1.1.2, forbids rules of composition.
    """
    if len(text) < FEWEST_PASSWORD_CHARACTERS:
        mend = f"use at least {FEWEST_PASSWORD_CHARACTERS} characters: four words of your own are easy to keep"
        raise InputError("the password is too short", mend=mend)
    if len(text) > MOST_PASSWORD_CHARACTERS:
        raise InputError("the password is too long", mend=f"use at most {MOST_PASSWORD_CHARACTERS:,} characters")
    normal_password(text)
    plain = text.casefold()
    known = {email.casefold(), email.partition("@")[0].casefold(), name.casefold()} - {""}
    if plain in known or (len(set(plain)) < 4 and len(plain) < _LONG):
        raise InputError("this password is the first that somebody would try", mend="choose another")


def check_name(text: str) -> str:
    """A name as it is shown. Raises InputError for an empty or a long one, or one with control characters."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > 80 or any(unicodedata.category(one) in ("Cc", "Cs", "Cf") for one in name):
        raise InputError("this name cannot be shown", mend="use 1 to 80 letters, digits, spaces or signs")
    return name


def idle_end(now: datetime, expires_at: datetime) -> datetime:
    """When a session ends that is renewed *now* and never again."""
    return min(now + REFRESH_SLIDING, expires_at)


def revoked_until(now: datetime) -> datetime:
    """How long the access tokens of a session that ends *now* must be refused: until the last has ended itself."""
    return now + ACCESS_LIFETIME + LEEWAY
