"""The denylist. That a token is on it never changes, so that much may be remembered here; that it is not, may not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import clock
from database import connection
from settings import LEEWAY_S


@dataclass(frozen=True)
class Token:
    id: bytes
    editor: str
    last_second: int

    @classmethod
    def of(cls, claims: dict[str, Any]) -> Token:
        digest = hashlib.sha256(f"{claims['iss']} {claims['jti']}".encode()).digest()
        return cls(digest, claims["sub"], claims["exp"] + LEEWAY_S - 1)


class Denylist:
    def __init__(self) -> None:
        self._known: dict[bytes, int] = {}

    def __contains__(self, token: Token) -> bool:
        if token.id in self._known:
            return True
        with connection() as db:
            found = db.execute("SELECT EXISTS (SELECT * FROM ended_tokens WHERE id = ?)", (token.id,)).fetchone()[0]
        if found:
            self._known[token.id] = token.last_second
        return bool(found)

    def add(self, token: Token) -> None:
        now = clock.now()
        with connection() as db:
            db.execute("INSERT OR IGNORE INTO ended_tokens VALUES (?, ?)", (token.id, token.last_second))
            db.execute("DELETE FROM ended_tokens WHERE last_second < ?", (now,))
        self._known = {one: last for one, last in self._known.items() if last >= now}
