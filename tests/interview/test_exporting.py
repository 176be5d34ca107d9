"""The export has everything that is stored of a person, however much that is."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from tests.interview.builders import START

from greenroom.accounts import audit, service
from greenroom.accounts.rules import User
from greenroom.interview.exporting import export
from greenroom.platform.database import Database

pytestmark = pytest.mark.anyio


async def test_all_that_was_done_is_in_it_beyond_a_page_of_the_audit(database: Database) -> None:
    user_id = await service.ensure_solo_user(database, START)
    count = audit.MOST_ENTRIES + 5
    async with database.write() as connection:
        for _ in range(count):
            await audit.write(connection, "logout", START, actor=user_id)
        await audit.write(connection, "logout", START, actor="somebody-else")
    archive = zipfile.ZipFile(io.BytesIO(await export(database, User(user_id, "You", "s"), START)))
    done = json.loads(archive.read("activity.json"))
    assert len({one["id"] for one in done}) == len(done) == count
    assert json.loads(archive.read("disputes.json")) == []
    assert b"password_hash" not in archive.read("account.json")
