"""A refresh token is spent once. What comes of the second time depends on when it is, and on what was delivered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from greenroom.accounts.audit import NOWHERE, Source, entries
from greenroom.accounts.errors import RefreshRaced, SessionOver
from greenroom.accounts.rules import ACCESS_LIFETIME, GRACE, REFRESH_ABSOLUTE, REFRESH_SLIDING, Role
from greenroom.accounts.service import Accounts
from greenroom.accounts.sessions import Opened
from tests.accounts.conftest import Opening
from tests.interview.builders import START

pytestmark = pytest.mark.anyio

SECOND = timedelta(seconds=1)
ROUNDS = 300
AT_ONCE = 4


@pytest.fixture
async def opened(opening: Opening) -> Opened:
    return await opening("ada@example.org")


async def _goes_on(accounts: Accounts, opened: Opened, now: datetime = START) -> bool:
    return await accounts.sessions.who(opened.access_token, now) is not None


async def test_control_each_token_renews_once(accounts: Accounts, opened: Opened) -> None:
    seen = {opened.refresh_token}
    for _ in range(5):
        renewed = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START)
        await accounts.sessions.delivered(renewed.refresh_token, START)
        assert renewed.user == opened.user
        assert renewed.refresh_token not in seen
        seen.add(renewed.refresh_token)
        opened = renewed
    assert await _goes_on(accounts, opened)


@pytest.mark.parametrize("after", [timedelta(0), SECOND, GRACE - timedelta(milliseconds=1)], ids=str)
async def test_a_second_use_within_the_grace_loses_a_race_and_ends_nothing(
    accounts: Accounts, opened: Opened, after: timedelta
) -> None:
    renewed = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START)
    await accounts.sessions.delivered(renewed.refresh_token, START)
    with pytest.raises(RefreshRaced):
        await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START + after)
    assert await accounts.sessions.raced(opened.refresh_token, START + after) == opened.user
    assert await _goes_on(accounts, renewed)
    await accounts.sessions.refresh(renewed.refresh_token, NOWHERE, START + after)


@pytest.mark.parametrize("after", [GRACE, GRACE + SECOND, timedelta(days=29)], ids=str)
async def test_a_second_use_after_the_grace_ends_the_session_and_is_audited(
    accounts: Accounts, opened: Opened, after: timedelta
) -> None:
    renewed = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START)
    await accounts.sessions.delivered(renewed.refresh_token, START)
    thief, now = Source("203.0.113.9", "a thief"), START + after
    with pytest.raises(SessionOver):
        await accounts.sessions.refresh(opened.refresh_token, thief, now)
    assert accounts.sessions.revocations.revoked(opened.user.session_id)
    for one in (opened, renewed):
        assert not await _goes_on(accounts, one)
        with pytest.raises(SessionOver):
            await accounts.sessions.refresh(one.refresh_token, NOWHERE, now)
        with pytest.raises(SessionOver):
            await accounts.sessions.raced(one.refresh_token, now)
    (said,) = await entries(accounts.database, action="refresh-replayed")
    assert (said.actor_id, said.subject_id, said.address) == (opened.user.id, opened.user.session_id, "203.0.113.9")


async def test_a_replay_of_a_token_long_before_ends_the_session_too(accounts: Accounts, opened: Opened) -> None:
    first, now = opened.refresh_token, START
    for _ in range(4):
        opened = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, now)
        await accounts.sessions.delivered(opened.refresh_token, now)
        now += timedelta(days=1)
    with pytest.raises(SessionOver):
        await accounts.sessions.refresh(first, NOWHERE, now)
    with pytest.raises(SessionOver):
        await accounts.sessions.refresh(opened.refresh_token, NOWHERE, now)


async def test_a_replay_ends_no_other_session_of_the_user_nor_of_others(
    accounts: Accounts, opened: Opened, opening: Opening
) -> None:
    other = await accounts.login("ada@example.org", "four words of mine", NOWHERE, START)
    eve = await opening("eve@example.org")
    await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START)
    renewed = await accounts.sessions.raced(opened.refresh_token, START)
    assert renewed.session_id == opened.user.session_id
    await _deliver_all(accounts, opened)
    with pytest.raises(SessionOver):
        await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START + GRACE)
    for one in (other, eve):
        assert await _goes_on(accounts, one)
        await accounts.sessions.refresh(one.refresh_token, NOWHERE, START + GRACE)


async def _deliver_all(accounts: Accounts, opened: Opened) -> None:
    from sqlalchemy import update

    from greenroom.accounts.tables import refresh_tokens

    async with accounts.database.write() as connection:
        query = update(refresh_tokens).where(refresh_tokens.c.session_id == opened.user.session_id)
        await connection.execute(query.values(delivered_at=START))


async def test_a_crash_between_rotation_and_answer_recovers_after_the_grace(accounts: Accounts, opened: Opened) -> None:
    lost = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START)
    with pytest.raises(RefreshRaced):
        await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START + SECOND)
    again = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START + GRACE)
    assert again.user == opened.user
    assert again.refresh_token != lost.refresh_token
    await accounts.sessions.delivered(again.refresh_token, START + GRACE)
    assert (await accounts.sessions.refresh(again.refresh_token, NOWHERE, START + GRACE)).user == opened.user


async def test_two_crashes_recover_too(accounts: Accounts, opened: Opened) -> None:
    for times in range(3):
        again = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START + times * GRACE)
    assert await _goes_on(accounts, again, START + 2 * GRACE)


async def test_after_the_delivery_nothing_is_recovered(accounts: Accounts, opened: Opened) -> None:
    renewed = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START)
    await accounts.sessions.delivered(renewed.refresh_token, START)
    with pytest.raises(SessionOver):
        await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START + GRACE)


async def test_a_successor_that_is_used_was_delivered(accounts: Accounts, opened: Opened) -> None:
    """The server stopped after it had sent the answer and before it wrote so: the client's next renewal says it."""
    renewed = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START)
    await accounts.sessions.refresh(renewed.refresh_token, NOWHERE, START + SECOND)
    with pytest.raises(SessionOver):
        await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START + GRACE)


async def test_a_successor_that_was_lost_is_dead_after_the_recovery(accounts: Accounts, opened: Opened) -> None:
    lost = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START)
    now = START + GRACE
    again = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, now)
    with pytest.raises(RefreshRaced):
        await accounts.sessions.refresh(lost.refresh_token, NOWHERE, now)
    with pytest.raises(SessionOver):
        await accounts.sessions.refresh(lost.refresh_token, NOWHERE, now + GRACE)
    assert not await _goes_on(accounts, again)


async def test_two_recoveries_at_once_have_one_winner(accounts: Accounts, opened: Opened) -> None:
    await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START)
    won, lost = await _race(accounts, opened.refresh_token, START.replace(minute=1))
    assert (len(won), lost) == (1, AT_ONCE - 1)


async def _race(accounts: Accounts, token: str, now: datetime) -> tuple[list[Opened], int]:
    """Spend a token several times at once: who won, and how many were told that they lost a race."""
    tries = (accounts.sessions.refresh(token, NOWHERE, now) for _ in range(AT_ONCE))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    won = [one for one in answers if isinstance(one, Opened)]
    return won, sum(isinstance(one, RefreshRaced) for one in answers)


async def test_parallel_refreshes_have_one_winner_in_each_of_300_rounds(accounts: Accounts, opened: Opened) -> None:
    for number in range(ROUNDS):
        won, lost = await _race(accounts, opened.refresh_token, START + number * timedelta(milliseconds=1))
        assert (len(won), lost) == (1, AT_ONCE - 1), f"round {number}"
        opened = won[0]
        if number % 3:  # sometimes the delivery is not written down
            await accounts.sessions.delivered(opened.refresh_token, START)
    assert await _goes_on(accounts, opened)
    assert await entries(accounts.database, action="refresh-replayed") == []


async def test_a_session_ends_thirty_days_after_its_last_renewal(accounts: Accounts, opened: Opened) -> None:
    assert opened.until == START + REFRESH_SLIDING
    last = START + REFRESH_SLIDING - SECOND
    renewed = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, last)
    assert renewed.until == last + REFRESH_SLIDING
    with pytest.raises(SessionOver):
        await accounts.sessions.refresh(renewed.refresh_token, NOWHERE, last + REFRESH_SLIDING)


async def test_a_session_ends_ninety_days_after_its_login_however_often_it_is_renewed(
    accounts: Accounts, opened: Opened
) -> None:
    for days in range(20, 90, 20):
        opened = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START + timedelta(days=days))
    end = START + REFRESH_ABSOLUTE
    opened = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, end - SECOND)
    assert opened.until == end
    assert await _goes_on(accounts, opened, end - SECOND)
    assert not await _goes_on(accounts, opened, end)
    with pytest.raises(SessionOver):
        await accounts.sessions.refresh(opened.refresh_token, NOWHERE, end)


@pytest.mark.parametrize("how", ["logout", "everywhere", "password", "disabled", "role", "by an admin", "deleted"])
async def test_an_ended_session_is_over_in_every_way(accounts: Accounts, opening: Opening, how: str) -> None:
    admin, ada = await opening("root@example.org", role=Role.admin), await opening("ada@example.org")
    spent = ada.refresh_token
    ada = await accounts.sessions.refresh(spent, NOWHERE, START)
    acts: dict[str, Callable[[], Awaitable[object]]] = {
        "logout": lambda: accounts.sessions.leave(ada.user, NOWHERE, START),
        "everywhere": lambda: accounts.sessions.leave_everywhere(ada.user, NOWHERE, START),
        "password": lambda: accounts.change_password(ada.user, "four words of mine", "another four", NOWHERE, START),
        "disabled": lambda: accounts.set_disabled(admin.user, ada.user.id, True, NOWHERE, START),
        "role": lambda: accounts.set_role(admin.user, ada.user.id, Role.author, NOWHERE, START),
        "by an admin": lambda: accounts.end_sessions_of(admin.user, ada.user.id, NOWHERE, START),
        "deleted": lambda: accounts.delete(ada.user, "four words of mine", NOWHERE, START),
    }
    await acts[how]()
    assert not await _goes_on(accounts, ada)
    for token in (spent, ada.refresh_token):
        for now in (START, START + GRACE):
            with pytest.raises(SessionOver):
                await accounts.sessions.refresh(token, NOWHERE, now)
            with pytest.raises(SessionOver):
                await accounts.sessions.raced(token, now)
    assert await _goes_on(accounts, admin)


async def test_being_let_in_again_opens_no_old_session(accounts: Accounts, opening: Opening) -> None:
    admin, ada = await opening("root@example.org", role=Role.admin), await opening("ada@example.org")
    await accounts.set_disabled(admin.user, ada.user.id, True, NOWHERE, START)
    await accounts.set_disabled(admin.user, ada.user.id, False, NOWHERE, START)
    assert not await _goes_on(accounts, ada)
    with pytest.raises(SessionOver):
        await accounts.sessions.refresh(ada.refresh_token, NOWHERE, START)


async def test_an_access_token_of_before_a_renewal_lives_to_its_end(accounts: Accounts, opened: Opened) -> None:
    await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START)
    assert await _goes_on(accounts, opened)
    assert not await _goes_on(accounts, opened, START + ACCESS_LIFETIME)


@pytest.mark.parametrize(
    "token",
    ["", "x", "A" * 43, "A" * 129, "A" * 100_000, "' OR 1=1 --", "\ud800", "\0", "%", "*"],
    ids=lambda one: repr(one[:12]),
)
async def test_an_unknown_token_opens_nothing_and_ends_nothing(accounts: Accounts, opened: Opened, token: str) -> None:
    with pytest.raises(SessionOver):
        await accounts.sessions.refresh(token, NOWHERE, START)
    assert await _goes_on(accounts, opened)


async def test_almost_the_token_opens_nothing(accounts: Accounts, opened: Opened) -> None:
    token = opened.refresh_token
    for other in (token[:-1], token + "A", token.swapcase(), token + "=", " " + token, token + "\n", token + "\0"):
        with pytest.raises(SessionOver):
            await accounts.sessions.refresh(other, NOWHERE, START)


async def test_refresh_tokens_have_256_random_bits(accounts: Accounts, opened: Opened) -> None:
    tokens = set()
    for _ in range(50):
        opened = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START)
        tokens.add(opened.refresh_token)
    assert len(tokens) == 50
    assert {len(one) for one in tokens} == {43}
