"""A queued submission is one server's at a time, and nobody's once that server is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.interview.builders import START
from tests.interview.test_service import started

from greenroom.interview.claims import LEASE, Claims, Taken
from greenroom.interview.service import Interviews
from greenroom.interview.tables import submissions
from greenroom.kernel.clock import ManualClock
from greenroom.kernel.errors import EnvironmentFault
from greenroom.platform.database import Database

pytestmark = pytest.mark.anyio


@pytest.fixture
async def other(database: Database, clock: ManualClock) -> AsyncIterator[Claims]:
    """Another server on the same database."""
    opened = Database(database.address)
    yield Claims(opened, clock)
    await opened.close()


@pytest.fixture
def claims(database: Database, clock: ManualClock) -> Claims:
    return Claims(database, clock)


@pytest.fixture
async def stored(interviews: Interviews, user: str, claims: Claims) -> str:
    """A submission as a server stores it: with its own claim."""
    own = Interviews(interviews.database, interviews.catalogue, claims)
    one = await started(own, user)
    return await own.submit(user, one.id, text="…", token="t", now=START)


async def holder(database: Database) -> Any:
    async with database.read() as connection:
        return (await connection.execute(select(submissions.c.claimed_by))).scalar_one()


async def test_what_a_server_stored_is_its_own(claims: Claims, other: Claims, stored: str) -> None:
    assert await other.take() == []
    assert await other.begin(stored) is None
    found = await claims.begin(stored)
    assert found is not None
    assert found.attempts == 1


async def test_a_lease_that_ran_out_is_taken_by_one(
    claims: Claims, other: Claims, stored: str, database: Database, clock: ManualClock, user: str
) -> None:
    clock.advance(LEASE.total_seconds() + 1)
    third = Claims(database, clock)
    taken = await asyncio.gather(*(one.take() for one in (other, third, other, third)))
    assert sorted(taken, key=len) == [[], [], [], [Taken(stored, user)]]
    assert await claims.begin(stored) is None


async def test_what_is_in_hand_is_held(claims: Claims, other: Claims, stored: str, clock: ManualClock) -> None:
    with claims.in_hand(stored):
        for _ in range(5):
            clock.advance(LEASE.total_seconds() * 0.9)
            await claims.renew()
            assert await other.take() == []
    clock.advance(LEASE.total_seconds() * 0.9)
    await claims.renew()
    clock.advance(LEASE.total_seconds() * 0.2)
    assert len(await other.take()) == 1


async def test_a_server_that_was_away_does_not_take_back(
    claims: Claims, other: Claims, stored: str, database: Database, clock: ManualClock
) -> None:
    with claims.in_hand(stored):
        clock.advance(LEASE.total_seconds() + 1)
        await other.take()
        theirs = await holder(database)
        await claims.renew()
        assert await holder(database) == theirs


async def test_one_that_is_in_hand_here_is_not_begun_twice(claims: Claims, stored: str, clock: ManualClock) -> None:
    with claims.in_hand(stored):
        clock.advance(LEASE.total_seconds() + 1)
        assert await claims.take() == []


async def test_a_server_that_stops_leaves_its_own_to_others(
    claims: Claims, other: Claims, stored: str, user: str
) -> None:
    await other.release()
    assert await other.take() == []
    await claims.release()
    assert await other.take() == [Taken(stored, user)]


async def test_the_next_server_of_a_file_takes_up_all_at_once(other: Claims, stored: str, database: Database) -> None:
    taken = await other.take(at_start=True)
    assert len(taken) == (0 if database.shared else 1)


async def test_claims_are_kept_until_cancelled_also_after_a_fault(
    database: Database, stored: str, user: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Claims(database, clock, timedelta(milliseconds=30))
    renew, fails = keeper.renew, [True, True]

    async def failing() -> None:
        if fails:
            fails.pop()
            raise EnvironmentFault("the disk is full", mend="free some space")
        await renew()

    monkeypatch.setattr(keeper, "renew", failing)
    clock.advance(LEASE.total_seconds() + 1)
    taken: list[Taken] = []
    keeping = asyncio.create_task(keeper.keep(taken.extend))
    async with asyncio.timeout(20):
        while not taken:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    keeping.cancel()
    assert (taken, fails) == ([Taken(stored, user)], [])
