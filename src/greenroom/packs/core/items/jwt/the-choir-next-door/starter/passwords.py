"""Who may log in. The table belongs to the membership list."""

import hashlib
import hmac

from database import connection


def member_of(email: str, password: str) -> int | None:
    """The number of the member with this address and password; None when there is none."""
    with connection() as db:
        found = db.execute("SELECT id, salt, password FROM members WHERE email = ?", (email,)).fetchone()
    number, salt, expected = found or (None, b"nobody", b"")
    # A cost for exercises: in production it is a hundred times that.
    given = hashlib.scrypt(password.encode(), salt=salt, n=256, r=8, p=1)
    return number if hmac.compare_digest(given, expected) else None
