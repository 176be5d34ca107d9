"""Accounts on a database of their own, of each sort, with letters that are only kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import inspect, select, table, text

from greenroom.accounts import queries
from greenroom.accounts.audit import NOWHERE
from greenroom.accounts.keys import KeyFile
from greenroom.accounts.mail import Letter, Post
from greenroom.accounts.passwords import Passwords
from greenroom.accounts.revocations import Revocations
from greenroom.accounts.rules import Role
from greenroom.accounts.service import Accounts
from greenroom.accounts.sessions import Opened, Sessions
from greenroom.accounts.tokens import Realm
from greenroom.kernel.clock import ManualClock
from greenroom.platform.database import Database
from tests.interview.builders import START

REALM = Realm("greenroom", "greenroom")


class Letters:
    """A mailbox in memory."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.post = Post(self)

    async def send(self, letter: Letter) -> None:
        self.sent.append(letter)

    async def all(self) -> list[Letter]:
        await self.post.close()
        return self.sent

    async def last(self) -> Letter:
        return (await self.all())[-1]

    async def secret(self) -> str:
        """What stands after the # of the last letter's link."""
        return (await self.last()).text.partition("#")[2].split()[0]


class Opening(Protocol):
    """Registers somebody and logs them in."""

    async def __call__(
        self, email: str, *, name: str = "Ada", password: str = "four words of mine", role: Role = Role.candidate
    ) -> Opened: ...


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
async def accounts(database: Database, letters: Letters, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Accounts]:
    keys = KeyFile(tmp_path / "keys.json", "EdDSA")
    sessions = Sessions(database, keys, REALM, Revocations(database, clock))
    opened = Accounts(
        sessions, Passwords(memory_kib=64), letters.post, registration="open", address="https://greenroom.test"
    )
    yield opened
    await opened.close()


@pytest.fixture
def opening(accounts: Accounts) -> Opening:
    async def open_one(
        email: str, *, name: str = "Ada", password: str = "four words of mine", role: Role = Role.candidate
    ) -> Opened:
        await accounts.register(email=email, name=name, password=password, invitation=None, source=NOWHERE, now=START)
        if role is not Role.candidate:
            async with accounts.database.write() as connection:
                found = await queries.user_by_email(connection, email)
                assert found is not None
                await queries.change_user(connection, found.id, role=role.value)
        return await accounts.login(email, password, NOWHERE, START)

    return open_one


async def everything(database: Database) -> str:
    """Every value of every table, as text: what somebody has who has copied the database."""
    async with database.read() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        rows = [(await connection.execute(select(text("*")).select_from(table(name)))).all() for name in names]
    return "\n".join(str(list(row)) for one in rows for row in one)
