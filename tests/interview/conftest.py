"""The small pack in a database, and who is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert
from tests.interview.builders import START

from greenroom.accounts.service import ensure_solo_user
from greenroom.accounts.tables import users
from greenroom.bank.loader import load_pack
from greenroom.interview.catalogue import Catalogue
from greenroom.interview.service import Interviews
from greenroom.kernel.clock import ManualClock
from greenroom.platform.database import Database


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def interviews(database: Database, pack: Path) -> Interviews:
    return Interviews(database, Catalogue([load_pack(pack)]), queue_limit=3)


@pytest.fixture
async def user(database: Database) -> str:
    return await ensure_solo_user(database, START)


@pytest.fixture
async def other_user(database: Database) -> str:
    async with database.write() as connection:
        await connection.execute(insert(users).values({"id": "other", "name": "Other", "created_at": START}))
    return "other"
