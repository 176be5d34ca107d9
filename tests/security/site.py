"""The whole application in this process, with a clock that is moved by hand: fast, and every part of it real.

With `GREENROOM_TEST_SITE=workers` it is asked in two worker processes (`tests.security.workers`).
What a test does by hand, and not by a request, is done in this process beside them, as in one more worker.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2 as httpx
from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts

from greenroom.accounts import queries
from greenroom.accounts.audit import NOWHERE, Source
from greenroom.accounts.passwords import Passwords
from greenroom.accounts.rules import Role
from greenroom.accounts.sessions import Opened
from greenroom.bank.models import Topic
from greenroom.entry.app import create_app
from greenroom.interview.assembly import Workplace
from greenroom.kernel.clock import ManualClock
from greenroom.platform.settings import Settings
from tests.interview.builders import START
from tests.security import workers
from tests.security.socket import AppSocket, ServerSocket, Socket

BASE = "https://greenroom.test"
WORDS = "four words of mine"
UNSAFE = frozenset(("POST", "PUT", "PATCH", "DELETE"))
NO_LIMITS = {
    f"limit_{name}": ""
    for name in ("login", "login_user", "login_address", "login_all", "register", "letters", "refresh", "requests")
}


@dataclass
class Visitor:
    """Somebody's browser or client. `opened` is what their login gave."""

    site: Site
    http: httpx.AsyncClient
    email: str = ""
    opened: Opened | None = field(default=None, repr=False)

    @property
    def session(self) -> Opened:
        assert self.opened is not None
        return self.opened

    @property
    def csrf(self) -> str:
        """The form token of their session."""
        sessions = self.site.work.accounts.sessions
        return sessions.csrf_token(self.session.user.session_id, self.site.clock.now())

    async def signed_in(self, **headers: str) -> bool:
        return (await self.http.get("/api/v1/me", headers=headers)).status_code == 200

    def wear(self, opened: Opened) -> None:
        """Have the cookies of *opened*."""
        cookies = self.site.app.state.cookies
        self.opened = opened
        self.http.cookies.clear()
        self.http.cookies.set(cookies.access, opened.access_token, domain="greenroom.test", path="/")
        self.http.cookies.set(cookies.refresh, opened.refresh_token, domain="greenroom.test", path="/")


@dataclass
class Site:
    """A Greenroom that is open."""

    app: FastAPI
    clock: ManualClock
    pair: workers.Pair | None = None
    connections: httpx.AsyncHTTPTransport = field(default_factory=workers.connections)
    _count: int = 0

    @property
    def work(self) -> Workplace:
        found: Workplace = self.app.state.work
        return found

    def visitor(self, address: str = "192.0.2.1", **headers: str) -> Visitor:
        """Somebody who comes from *address* and is not signed in."""
        transport: httpx.AsyncBaseTransport
        if self.pair is None:
            transport = httpx.ASGITransport(self.app, client=(address, 40_000))
        else:
            transport = workers.InTurn(self.pair, self.connections, address)
        return Visitor(self, httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers, timeout=60))

    def socket(self, path: str, headers: dict[str, str], *, query: str = "", host: str = "greenroom.test") -> Socket:
        """A WebSocket that is opened by `async with`."""
        if self.pair is None:
            return AppSocket(self.app, path, headers, query=query, host=host)
        return ServerSocket(self.pair.next_port(), path, headers, query=query, host=host)

    async def user(self, role: Role = Role.candidate, *, email: str = "", address: str = "192.0.2.1") -> Visitor:
        """A new user of that role, signed in with cookies."""
        self._count += 1
        email, people, now = email or f"person{self._count}@example.org", self.work.accounts, self.clock.now()
        await people.register(email=email, name="Ada", password=WORDS, invitation=None, source=NOWHERE, now=now)
        async with people.database.write() as connection:
            found = await queries.user_by_email(connection, email)
            assert found is not None
            await queries.change_user(connection, found.id, role=role.value)
        return await self.device(email, address)

    async def device(self, email: str, address: str = "192.0.2.1") -> Visitor:
        """One more browser of a user, signed in."""
        someone = self.visitor(address)
        someone.email = email
        someone.wear(await self.work.accounts.login(email, WORDS, Source(address), self.clock.now()))
        return someone

    async def interview(self, user_id: str) -> tuple[str, str]:
        """An interview of a user that has begun: its id and that of its round."""
        now = self.clock.now()
        made = await self.work.interviews.create(
            user_id, topics=[Topic.jwt], minutes=10, level="mixed", seed=1, now=now
        )
        current = await self.work.interviews.begin(user_id, made.id, now)
        assert current is not None
        return made.id, current.id

    def routes(self) -> Iterator[RouteContext]:
        """Every route, with its whole path."""
        return iter_route_contexts(self.app.routes)


@asynccontextmanager
async def open_site(folder: Path, **settings: Any) -> AsyncIterator[Site]:
    """A server for many, where anybody may register and passwords are hashed cheaply; *settings* say otherwise."""
    given: dict[str, Any] = {"mode": "server", "registration": "open", "public_url": BASE} | settings
    given |= {"judge_spares": 0, "judge_jobs": 1}
    clock, pair = ManualClock(START), None
    if workers.WANTED and given["mode"] == "server":
        proxies = {"trusted_proxies": ["127.0.0.1", *given.get("trusted_proxies", ())]}
        given |= workers.GROUND.settings() | proxies
        clock = shared = workers.SharedClock(folder / "clock", START)
        pair = workers.Pair(folder, shared, **given)
    app = create_app(Settings(data_dir=folder, **given), clock)
    async with app.router.lifespan_context(app):
        with pair or nullcontext():
            site = Site(app, clock, pair)
            site.work.accounts.passwords.close()
            site.work.accounts.passwords = Passwords(memory_kib=64)
            async with site.connections:
                yield site
