"""One job, one server at a time: on PostgreSQL two of them, and what a server leaves another takes up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from tests.interview.builders import START
from tests.postgresql import Postgres

from greenroom.grading.scheduling.lease import Lease, LeaseLost
from greenroom.kernel.clock import ManualClock
from greenroom.platform.database import Database

pytestmark = pytest.mark.anyio
TERM, HOUR = timedelta(minutes=5), timedelta(hours=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


def lease(database: Database, clock: ManualClock) -> Lease:
    return Lease(database, clock, "job", term=TERM, interval=HOUR)


@pytest.fixture
async def two(postgres: Postgres) -> AsyncIterator[list[Database]]:
    address = postgres.new_migrated_database()
    opened = [Database(address) for _ in range(2)]
    yield opened
    for one in opened:
        await one.close()


async def test_two_servers_do_each_hour_once_and_never_at_the_same_time(
    two: list[Database], clock: ManualClock
) -> None:
    done: list[int] = []
    busy = 0

    async def serve(one: Lease, number: int) -> None:
        nonlocal busy
        async with one.turn() as ours:
            if ours:
                busy += 1
                assert busy == 1
                await one.renew()
                done.append(number)
                busy -= 1

    leases = [lease(database, clock) for database in two]
    for hour in range(12):
        await asyncio.gather(*(serve(one, number) for number, one in enumerate(leases * 3)))
        assert len(done) == hour + 1
        clock.advance(1800)
        await asyncio.gather(*(serve(one, number) for number, one in enumerate(leases)))
        assert len(done) == hour + 1, "it was not due yet"
        clock.advance(1800)


async def test_what_a_dead_server_holds_is_taken_up_when_its_term_ends(database: Database, clock: ManualClock) -> None:
    dead, other = lease(database, clock), lease(database, clock)
    turn = dead.turn()
    assert await turn.__aenter__()
    async with other.turn() as ours:
        assert not ours
    clock.advance(TERM.total_seconds())
    async with other.turn() as ours:
        assert ours
        with pytest.raises(LeaseLost):
            await dead.renew()
        await other.renew()
    await turn.__aexit__(None, None, None)
    async with lease(database, clock).turn() as ours:
        assert not ours, "it was done"


async def test_a_pass_that_failed_is_tried_again_at_once(database: Database, clock: ManualClock) -> None:
    with pytest.raises(ValueError, match="broken"):
        async with lease(database, clock).turn() as ours:
            assert ours
            raise ValueError("broken")
    async with lease(database, clock).turn() as ours:
        assert ours
