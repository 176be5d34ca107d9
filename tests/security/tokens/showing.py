"""Shows tokens to two server processes, in the place where a request has them."""

from __future__ import annotations

import asyncio
import re
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2 as httpx
from sqlalchemy import insert

from greenroom.accounts.keys import KeyFile, KeyRing, new_key
from greenroom.accounts.rules import REFRESH_ABSOLUTE
from greenroom.accounts.tables import sessions, users
from greenroom.platform.database import Database
from tests.security.site import BASE, NO_LIMITS
from tests.security.tokens.forging import NOW, REALM, SESSION, USER
from tests.security.workers import GROUND, Pair, SharedClock

_IN_A_HEADER = re.compile(r"[\x21-\x7e]+")
_MOST_CHARACTERS = 30_000


class Showing:
    """The processes, on a database with the one user and the one session of good tokens."""

    def __init__(self, folder: Path) -> None:
        self._opened = ExitStack()
        self._clock = SharedClock(folder / "clock", NOW)
        self._keys = KeyFile(folder / "keys.json", "EdDSA")
        self._spare = new_key("EdDSA", NOW)
        self._ring: KeyRing | None = None
        self._settings: dict[str, Any] = {
            "mode": "server",
            "public_url": BASE,
            "token_issuer": REALM.issuer,
            "token_audience": REALM.audience,
            "judge_spares": 0,
            **NO_LIMITS,
            **GROUND.settings(),
        }
        self._pair = Pair(folder, self._clock, **self._settings)

    def __enter__(self) -> Self:
        asyncio.run(self._settle())
        self._opened.enter_context(self._pair)
        self._clients = [
            self._opened.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}")) for port in self._pair.ports
        ]
        return self

    async def _settle(self) -> None:
        database = Database(self._settings["database_url"])
        user = {"id": USER, "name": "Ada", "email": "ada@example.org", "role": "candidate", "created_at": NOW}
        end = NOW + REFRESH_ABSOLUTE
        session = {"id": SESSION, "user_id": USER, "created_at": NOW, "seen_at": NOW, "idle_at": end, "expires_at": end}
        async with database.write() as connection:
            await connection.execute(insert(users).values(user))
            await connection.execute(insert(sessions).values(session))
        await database.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def statuses(self, token: str, ring: KeyRing, now: datetime) -> list[int]:
        """What each process answers to the token at *now*; nothing for one that no header can have."""
        if len(token) > _MOST_CHARACTERS or not _IN_A_HEADER.fullmatch(token):
            return []
        self._take(ring)
        self._clock.set(now)
        headers = {"authorization": f"Bearer {token}"}
        return [one.get("/api/v1/me", headers=headers).status_code for one in self._clients]

    def _take(self, ring: KeyRing) -> None:
        """Have the processes use *ring*, with a key that signs where it has none: else they would add one to it."""
        if ring != self._ring:
            self._ring = ring
            signs = ring.active("EdDSA") is not None
            self._keys._write(ring if signs else replace(ring, keys=(*ring.keys, self._spare)))
