"""Passwords: hashed with scrypt, which is slow on purpose."""

import hashlib
import hmac

from members import Member

COST, BLOCK = 2**11, 8


def hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK, p=1, dklen=32)


def matches(password: str, member: Member) -> bool:
    """Whether it is the member's. It takes some milliseconds of computing, whatever the password."""
    return hmac.compare_digest(hashed(password, member.salt), member.hash)
