"""The whole application in this process, for tests of the API: every part real, sandboxes made when they are needed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
from fastapi import FastAPI

from greenroom.accounts import queries
from greenroom.accounts.audit import NOWHERE
from greenroom.accounts.rules import Role
from greenroom.entry.app import create_app
from greenroom.interview.assembly import Workplace
from greenroom.platform.settings import Settings

BASE = "http://127.0.0.1:8477"
WORDS = "four words of mine"


class Site:
    """A Greenroom that is open."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._count = 0

    @property
    def work(self) -> Workplace:
        found: Workplace = self.app.state.work
        return found

    def visitor(self, **headers: str) -> httpx.AsyncClient:
        """Somebody who is not signed in."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=BASE, headers=headers, timeout=60)

    async def member(self, role: Role = Role.candidate) -> httpx.AsyncClient:
        """A new user of that role, signed in by the `Authorization` header."""
        self._count += 1
        email, people, now = f"person{self._count}@example.org", self.work.accounts, self.work.clock.now()
        await people.register(email=email, name="Ada", password=WORDS, invitation=None, source=NOWHERE, now=now)
        async with people.database.write() as connection:
            found = await queries.user_by_email(connection, email)
            assert found is not None
            await queries.change_user(connection, found.id, role=role.value)
        opened = await people.login(email, WORDS, NOWHERE, now)
        return self.visitor(authorization=f"Bearer {opened.access_token}")


@asynccontextmanager
async def open_site(folder: Path, **settings: Any) -> AsyncIterator[Site]:
    """A server for many on a data folder of its own."""
    given: dict[str, Any] = {
        "mode": "server",
        "registration": "open",
        "judge_mode": "exec",
        "judge_jobs": 2,
        "log_level": "error",
    }
    app = create_app(Settings(data_dir=folder, **given | settings))
    async with app.router.lifespan_context(app):
        yield Site(app)
