"""What a password may be, and what is stored of it."""

from __future__ import annotations

import asyncio

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from greenroom.accounts import queries
from greenroom.accounts.audit import NOWHERE
from greenroom.accounts.errors import LoginRefused
from greenroom.accounts.passwords import MEMORY_KIB, MOST_WAITING, BusyError, Passwords
from greenroom.accounts.service import Accounts
from tests.accounts.conftest import Opening
from tests.interview.builders import START

pytestmark = pytest.mark.anyio

WORDS = "four words of mine"


async def _stored(accounts: Accounts, user_id: str) -> str:
    async with accounts.database.read() as connection:
        found = await queries.user(connection, user_id)
    assert found is not None
    return str(found.password_hash)


async def _store(accounts: Accounts, user_id: str, hashed: str) -> None:
    async with accounts.database.write() as connection:
        await queries.change_user(connection, user_id, password_hash=hashed)


@pytest.mark.parametrize("settings", [(1, 64), (1, 1024), (2, 1024)], ids=str)
async def test_a_weaker_hash_is_made_anew_at_the_login(
    accounts: Accounts, opening: Opening, settings: tuple[int, int]
) -> None:
    opened = await opening("ada@example.org")
    accounts.passwords = Passwords()
    passes, memory = settings
    await _store(
        accounts, opened.user.id, Argon2Hasher(time_cost=passes, memory_cost=memory, parallelism=1).hash(WORDS)
    )
    await accounts.login("ada@example.org", WORDS, NOWHERE, START)
    better = await _stored(accounts, opened.user.id)
    assert better.startswith(f"$argon2id$v=19$m={MEMORY_KIB},t=2,p=1$")
    await accounts.login("ada@example.org", WORDS, NOWHERE, START)
    assert await _stored(accounts, opened.user.id) == better


async def test_a_refused_login_makes_no_hash_anew(accounts: Accounts, opening: Opening) -> None:
    opened = await opening("ada@example.org")
    weak = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1).hash(WORDS)
    await _store(accounts, opened.user.id, weak)
    with pytest.raises(LoginRefused):
        await accounts.login("ada@example.org", "a wrong password", NOWHERE, START)
    assert await _stored(accounts, opened.user.id) == weak


async def test_two_users_with_one_password_have_two_hashes(accounts: Accounts, opening: Opening) -> None:
    one, two = await opening("a@example.org"), await opening("b@example.org")
    assert await _stored(accounts, one.user.id) != await _stored(accounts, two.user.id)


async def test_what_waits_for_a_hash_is_bounded_and_the_rest_is_told_when_to_come_back() -> None:
    passwords = Passwords(1, memory_kib=1024)
    answers = await asyncio.gather(
        *(passwords.verify("x" * 20, None) for _ in range(MOST_WAITING * 3)), return_exceptions=True
    )
    busy = [one for one in answers if isinstance(one, BusyError)]
    assert len(busy) == MOST_WAITING * 2
    assert {one.retry_after_s for one in busy} == {5}
    assert [one for one in answers if not isinstance(one, BusyError)] == [(False, None)] * MOST_WAITING
    assert await passwords.verify("x" * 20, None) == (False, None)
    passwords.close()
