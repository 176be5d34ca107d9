"""Lookups see the newest committed state, share a turn of their thread, and fail alone."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, insert, select, text
from tests.interview.builders import START

from greenroom.platform.database import Database, Moment
from greenroom.platform.lookups import Lookup

pytestmark = pytest.mark.anyio
things = Table(
    "things", MetaData(), Column("id", Integer, primary_key=True), Column("name", String), Column("at", Moment)
)
by_id = Lookup(select(things.c.name).where(things.c.id == bindparam("id"), things.c.at <= bindparam("now")))
missing = Lookup(select(text("name")).select_from(text("nowhere")))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "things.db")
    async with opened.write() as connection:
        await connection.run_sync(things.metadata.create_all)
    yield opened
    await opened.close()


async def put(database: Database, number: int) -> None:
    async with database.write() as connection:
        await connection.execute(insert(things).values(id=number, name=f"n{number}", at=START))


async def test_what_is_committed_is_found_at_once(database: Database) -> None:
    assert await database.first(by_id, id=1, now=START) is None
    await put(database, 1)
    assert await database.first(by_id, id=1, now=START) == ("n1",)


async def test_what_is_asked_for_together_is_answered_each_for_itself(database: Database) -> None:
    for number in range(20):
        await put(database, number)
    found = await asyncio.gather(*(database.first(by_id, id=number, now=START) for number in range(25)))
    assert found == [(f"n{number}",) if number < 20 else None for number in range(25)]


async def test_one_that_fails_or_is_given_up_does_not_touch_the_others(database: Database) -> None:
    await put(database, 1)
    given_up = asyncio.ensure_future(database.first(by_id, id=1, now=START))
    asked = asyncio.gather(database.first(missing), database.first(by_id, id=1, now=START), return_exceptions=True)
    await asyncio.sleep(0)
    given_up.cancel()
    failed, found = await asked
    assert isinstance(failed, sqlite3.OperationalError)
    assert found == ("n1",)
    assert await database.first(by_id, id=1, now=START) == ("n1",)


async def test_a_lookup_writes_nothing(database: Database) -> None:
    class Writing(Lookup):
        def for_driver(self, *_args: object) -> tuple[str, list[object]]:
            return "INSERT INTO things (id) VALUES (1)", []

    with pytest.raises(Exception, match=r"readonly|read-only"):
        await database.first(Writing(select(things.c.id)))
