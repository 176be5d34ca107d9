"""Sessions that are renewed and looked up by two server processes in turn."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Any

import httpx2 as httpx
from sqlalchemy import ColumnElement, select, update

from greenroom.accounts.audit import Source
from greenroom.accounts.errors import RefreshRaced, SessionOver
from greenroom.accounts.rules import Role, User
from greenroom.accounts.sessions import Opened, Sessions
from greenroom.accounts.tables import refresh_tokens, sessions
from tests.security.site import BASE
from tests.security.workers import Pair, SharedClock, forwarded

_COOKIE = "__Host-greenroom_refresh"
_IN_A_COOKIE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,4000}")


class AtWorkers(Sessions):
    """A refresh is a request to the next process. What this process says of an access token, both must say.

    What the processes were told that they have sent counts as not sent until a test says so (`delivered`).
    """

    def __init__(self, here: Sessions, pair: Pair, clock: SharedClock, http: httpx.AsyncClient) -> None:
        super().__init__(here.database, here.keys, here.realm, here.revocations)
        self._pair, self._clock, self._http = pair, clock, http

    async def refresh(self, refresh_token: str, source: Source, now: datetime) -> Opened:
        if not _IN_A_COOKIE.fullmatch(refresh_token):
            return await super().refresh(refresh_token, source, now)
        self._clock.set(now)
        headers = {"cookie": f"{_COOKIE}={refresh_token}", "user-agent": source.agent}
        answer = await self._ask("POST", "/api/v1/refresh", self._pair.next_port(), headers, source.address)
        if answer.status_code == 409:
            raise RefreshRaced
        if answer.status_code == 401:
            await self.revocations.look()
            raise SessionOver
        assert answer.status_code == 200, answer.text
        said = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(_COOKIE))
        return await self._opened_by(answer.json(), said.partition("=")[2].partition(";")[0], now)

    async def who(self, access_token: str, now: datetime) -> User | None:
        found = await super().who(access_token, now)
        if _IN_A_COOKIE.fullmatch(access_token):
            self._clock.set(now)
            headers = {"authorization": f"Bearer {access_token}"}
            for port in self._pair.ports:
                answer = await self._ask("GET", "/api/v1/me", port, headers)
                assert answer.status_code == (401 if found is None else 200), answer.text
        return found

    async def _ask(
        self, method: str, path: str, port: int, headers: dict[str, str], address: str = ""
    ) -> httpx.Response:
        sent = forwarded(httpx.Headers({"host": BASE.partition("//")[2], **headers}), address)
        return await self._http.request(method, f"http://127.0.0.1:{port}{path}", headers=sent)

    async def _opened_by(self, said: dict[str, Any], refresh_token: str, now: datetime) -> Opened:
        access = self.access(said["access_token"], now)
        assert access is not None
        await self._forget_delivery(refresh_tokens.c.successor == self._hash(refresh_token, now))
        async with self.database.read() as connection:
            query = select(sessions.c.idle_at).where(sessions.c.id == access.session_id)
            until = (await connection.execute(query)).scalar_one()
        user, told = said["user"], said["access_token"]
        found = User(user["id"], user["name"], access.session_id, Role(user["role"]), user["email"])
        return Opened(found, told, access, refresh_token, until)

    async def _forget_delivery(self, which: ColumnElement[bool]) -> None:
        """Once it is written down, which is after the answer was read here."""
        for _ in range(2_000):
            async with self.database.write() as connection:
                noted = which & refresh_tokens.c.delivered_at.is_not(None)
                changed = await connection.execute(update(refresh_tokens).where(noted).values(delivered_at=None))
            if changed.rowcount:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the delivery was never written down")
