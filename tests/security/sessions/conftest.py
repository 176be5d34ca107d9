"""The fixtures of accounts, with hashes that are cheap: these tests log in often.

With `GREENROOM_TEST_SITE=workers` the sessions are those of two server processes. What counts the work of one process,
or looks into the file of one, asks no server and is left out then.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import delete

from greenroom.accounts.keys import KeyFile
from greenroom.accounts.passwords import Passwords
from greenroom.accounts.revocations import Revocations
from greenroom.accounts.service import Accounts
from greenroom.accounts.sessions import Sessions
from greenroom.accounts.tables import audit, revocations, users
from greenroom.platform.database import Address, Database
from greenroom.platform.heralds import RedisHerald
from tests.accounts.conftest import REALM, Letters, accounts, clock, letters, opening
from tests.interview.builders import START
from tests.security.sessions.at_workers import AtWorkers
from tests.security.site import BASE, NO_LIMITS
from tests.security.workers import GROUND, WANTED, Pair, SharedClock, connections

__all__ = ["accounts", "clock", "letters", "opening"]

collect_ignore = ["test_dump.py", "test_enumeration.py", "test_passwords.py"] if WANTED else []


@pytest.fixture(autouse=True)
def cheap(accounts: Accounts) -> None:
    accounts.passwords.close()
    accounts.passwords = Passwords(memory_kib=64)


if WANTED:
    _settings = {"mode": "server", "public_url": BASE, "judge_spares": 0, "trusted_proxies": ["127.0.0.1"], **NO_LIMITS}

    @pytest.fixture(scope="session")
    def shared() -> dict[str, Any]:
        return _settings | GROUND.settings()

    @pytest.fixture(scope="session")
    def shared_clock(tmp_path_factory: pytest.TempPathFactory) -> SharedClock:
        return SharedClock(tmp_path_factory.mktemp("workers") / "clock", START)

    @pytest.fixture(scope="session")
    def pair(shared: dict[str, Any], shared_clock: SharedClock) -> Iterator[Pair]:
        with Pair(shared_clock.path.parent, shared_clock, **shared) as opened:
            yield opened

    @pytest.fixture
    def address(shared: dict[str, Any]) -> Address:
        return str(shared["database_url"])

    @pytest.fixture
    async def accounts(
        database: Database, letters: Letters, shared: dict[str, Any], shared_clock: SharedClock, pair: Pair
    ) -> AsyncIterator[Accounts]:
        async with database.write() as connection:  # each test has the addresses to itself
            for table in (users, audit, revocations):
                await connection.execute(delete(table))
        keys = KeyFile(shared_clock.path.parent / "keys.json", "EdDSA")
        herald = RedisHerald(shared["redis_url"], "greenroom:revocations")
        here = Sessions(database, keys, REALM, Revocations(database, shared_clock, herald))
        async with connections() as sending, httpx.AsyncClient(transport=sending, timeout=60) as http:
            sessions = AtWorkers(here, pair, shared_clock, http)
            opened = Accounts(sessions, Passwords(memory_kib=64), letters.post, registration="open", address=BASE)
            yield opened
            await opened.close()
            await herald.close()
