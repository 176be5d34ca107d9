"""One-time links and sessions."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.interview.builders import START

from greenroom.accounts import service
from greenroom.accounts.rules import LINK_LIFETIME, SESSION_LIFETIME, csrf_token
from greenroom.platform.database import Database
from greenroom.platform.migrations import migrate

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    migrate(tmp_path / "greenroom.db")
    opened = Database(tmp_path / "greenroom.db")
    yield opened
    await opened.close()


@pytest.fixture
async def user(database: Database) -> str:
    await service.ensure_solo_user(database, START)
    return await service.ensure_solo_user(database, START)


async def test_a_link_signs_in_once(database: Database, user: str) -> None:
    link = await service.new_link(database, user, START)
    secret = await service.enter(database, link, START)
    assert secret is not None
    found = await service.who(database, secret, START)
    assert found is not None
    assert found.id == user
    assert await service.enter(database, link, START) is None


async def test_a_link_raced_by_many_is_used_once(database: Database, user: str) -> None:
    link = await service.new_link(database, user, START)
    secrets = await asyncio.gather(*(service.enter(database, link, START) for _ in range(10)))
    assert sum(secret is not None for secret in secrets) == 1


async def test_a_new_link_ends_the_last_one(database: Database, user: str) -> None:
    first = await service.new_link(database, user, START)
    await service.new_link(database, user, START)
    assert await service.enter(database, first, START) is None


@pytest.mark.parametrize("link", ["", "nonsense", "' OR 1=1 --"])
async def test_an_unknown_link_opens_nothing(database: Database, user: str, link: str) -> None:
    assert await service.enter(database, link, START) is None


async def test_links_and_sessions_expire(database: Database, user: str) -> None:
    link = await service.new_link(database, user, START)
    assert await service.enter(database, link, START + LINK_LIFETIME) is None
    link = await service.new_link(database, user, START)
    secret = await service.enter(database, link, START)
    assert secret is not None
    last = START + SESSION_LIFETIME
    assert await service.who(database, secret, last - timedelta(seconds=1)) is not None
    assert await service.who(database, secret, last) is None


async def test_leaving_ends_the_session(database: Database, user: str) -> None:
    secret = await service.enter(database, await service.new_link(database, user, START), START)
    assert secret is not None
    found = await service.who(database, secret, START)
    assert found is not None
    await service.leave(database, found, START)
    assert await service.who(database, secret, START) is None


async def test_a_copy_of_the_database_opens_nothing(database: Database, user: str, tmp_path: Path) -> None:
    link = await service.new_link(database, user, START)
    secret = await service.enter(database, link, START)
    assert secret is not None
    with sqlite3.connect(tmp_path / "greenroom.db") as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert secret not in dump
    assert link not in dump
    assert csrf_token(secret) not in dump
