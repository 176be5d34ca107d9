"""A job that is done by one server at a time, and no oftener than it should be.

The lease keeps servers from doing the same work twice. That nothing is done twice *in effect* does not rest on it:
every step of the job is a transaction that goes on where the last one ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, update

from greenroom.grading.scheduling.tables import jobs
from greenroom.kernel.clock import Clock
from greenroom.kernel.errors import ConflictError, GreenroomError
from greenroom.kernel.ids import new_id
from greenroom.platform.database import Database, insert_unless_there


class LeaseLost(ConflictError):
    """Another server has the job by now."""

    code = "lease-lost"

    def __init__(self, name: str) -> None:
        super().__init__(f"the job {name} was taken by another server", mend="it goes on there")


class Lease:
    """The right of one process to do the job *name*, for *term* at a time, every *interval*."""

    def __init__(self, database: Database, clock: Clock, name: str, *, term: timedelta, interval: timedelta) -> None:
        self._database, self._clock, self._name = database, clock, name
        self._term, self._interval = term, interval
        self._holder = new_id(clock.now())

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """Whether the job is this process's to do now; what is done in the block without an error is done."""
        if not await self._take():
            yield False
            return
        try:
            yield True
        except BaseException:
            await self._leave(None)
            raise
        await self._leave(self._clock.now())

    async def renew(self) -> None:
        """Hold it for another term. Raises LeaseLost when another has taken it."""
        now = self._clock.now()
        own = and_(jobs.c.name == self._name, jobs.c.holder == self._holder)
        async with self._database.write() as connection:
            kept = await connection.execute(update(jobs).where(own).values(held_until=now + self._term))
        if kept.rowcount != 1:
            raise LeaseLost(self._name)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Hold it for as long as the block takes. Raises LeaseLost when another had taken it at the beginning."""
        await self.renew()
        renewing = asyncio.create_task(self._renew_often(), name="lease")
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError, GreenroomError):
                await renewing

    async def _renew_often(self) -> None:
        while True:
            await asyncio.sleep(self._term.total_seconds() / 3)
            await self.renew()

    async def _take(self) -> bool:
        now = self._clock.now()
        free = or_(jobs.c.held_until.is_(None), jobs.c.held_until <= now)
        due = or_(jobs.c.done_at.is_(None), jobs.c.done_at <= now - self._interval)
        async with self._database.write() as connection:
            await insert_unless_there(connection, jobs, {"name": self._name})
            taken = await connection.execute(
                update(jobs)
                .where(jobs.c.name == self._name, free, due)
                .values(holder=self._holder, held_until=now + self._term)
            )
        return taken.rowcount == 1

    async def _leave(self, done_at: datetime | None) -> None:
        values: dict[str, datetime | None] = {"holder": None, "held_until": None}
        if done_at is not None:
            values["done_at"] = done_at
        own = and_(jobs.c.name == self._name, jobs.c.holder == self._holder)
        async with self._database.write() as connection:
            await connection.execute(update(jobs).where(own).values(**values))
