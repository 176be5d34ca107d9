"""Many calls at once on one account: a session never slips past what ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from greenroom.accounts import service
from greenroom.accounts.audit import NOWHERE
from greenroom.accounts.errors import LastAdmin, LinkRefused
from greenroom.accounts.rules import Role
from greenroom.accounts.service import Accounts
from greenroom.accounts.sessions import Opened
from greenroom.platform.database import Database
from tests.accounts.conftest import Opening
from tests.interview.builders import START

pytestmark = pytest.mark.anyio

OLD, NEW = "four words of mine", "four other words now"


async def at_once(*calls: Coroutine[Any, Any, Any]) -> list[Any]:
    """What each of *calls* gives or raises."""
    return list(await asyncio.gather(*calls, return_exceptions=True))


async def test_servers_that_start_at_once_make_one_local_user(database: Database) -> None:
    made = await at_once(*(service.ensure_solo_user(database, START) for _ in range(6)))
    assert len(set(made)) == 1


async def test_of_links_made_at_once_one_works(accounts: Accounts) -> None:
    user = await service.ensure_solo_user(accounts.database, START)
    links = await at_once(*(service.new_link(accounts.database, accounts.sessions.keys, user, START) for _ in range(6)))
    entered = await at_once(*(accounts.enter(link, NOWHERE, START) for link in links))
    assert sum(isinstance(one, Opened) for one in entered) == 1
    assert sum(isinstance(one, LinkRefused) for one in entered) == 5


async def test_no_login_with_the_old_password_outlives_its_change(
    accounts: Accounts, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await opening("ada@example.org")
    open_session, between = accounts.sessions.open, asyncio.Event()

    async def slowly(*args: Any, how: str) -> Opened:
        """Opens the session of a login only when the change is done, or has been kept waiting by the login."""
        if how == "password":
            between.set()
            await asyncio.wait([changing], timeout=0.5)
        return await open_session(*args, how=how)

    monkeypatch.setattr(accounts.sessions, "open", slowly)

    async def change() -> Opened:
        await between.wait()
        return await accounts.change_password(first.user, OLD, NEW, NOWHERE, START)

    changing = asyncio.create_task(change())
    await accounts.login("ada@example.org", OLD, NOWHERE, START)
    changed = await changing
    alive = await accounts.sessions.devices(first.user.id, START)
    assert [one.id for one in alive] == [changed.user.session_id]


async def test_two_admins_cannot_both_step_down(accounts: Accounts, opening: Opening) -> None:
    one = await opening("ada@example.org", role=Role.admin)
    two = await opening("grace@example.org", role=Role.admin)
    done = await at_once(
        *(accounts.set_role(who.user, who.user.id, Role.candidate, NOWHERE, START) for who in (one, two))
    )
    assert sorted(str(type(one).__name__) for one in done) == [LastAdmin.__name__, "NoneType"]


async def test_an_address_registers_once(accounts: Accounts) -> None:
    calls = [
        accounts.register(email="ada@example.org", name="Ada", password=OLD, invitation=None, source=NOWHERE, now=START)
        for _ in range(4)
    ]
    assert await at_once(*calls) == [None] * 4
    assert isinstance(await accounts.login("ada@example.org", OLD, NOWHERE, START), Opened)
