"""Which server answers a queued submission: its claim is a lease, renewed while the submission is in hand.

A claim keeps others from answering the same submission for nothing. That a result is written once does not
rest on it: that is a condition of the statement that writes it (`queries.finish_submission`).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from greenroom.interview import queries
from greenroom.interview.queries import Claim
from greenroom.interview.rules import Submission
from greenroom.kernel.clock import Clock
from greenroom.kernel.errors import GreenroomError
from greenroom.kernel.ids import new_id
from greenroom.platform.database import Database

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
RENEWALS = 3
"""How often a lease is renewed before it would run out: two that fail are made good by the third."""


@dataclass(frozen=True)
class Taken:
    """A queued submission that is this server's to answer, and whose it is."""

    submission_id: str
    candidate: str


class Claims:
    """The claims of one process. *lease* is how long one holds without being renewed."""

    def __init__(self, database: Database, clock: Clock, lease: timedelta = LEASE) -> None:
        self._database = database
        self._clock = clock
        self._lease = lease
        self._holder = new_id(clock.now())
        self._in_hand: Counter[str] = Counter()

    def at(self, now: datetime) -> Claim:
        """A claim of this process, as it is written at *now*."""
        return Claim(self._holder, now, now + self._lease)

    @contextmanager
    def in_hand(self, submission_id: str) -> Iterator[None]:
        """Renew the claim on a submission until the end of the block."""
        self._in_hand[submission_id] += 1
        try:
            yield
        finally:
            self._in_hand[submission_id] -= 1
            if not self._in_hand[submission_id]:
                del self._in_hand[submission_id]

    async def begin(self, submission_id: str) -> Submission | None:
        """Count an attempt at a queued submission; None when it is done, or another server's."""
        async with self._database.write() as connection:
            return await queries.begin_attempt(connection, submission_id, self.at(self._clock.now()))

    async def take(self, *, at_start: bool = False) -> list[Taken]:
        """Claim what is queued and nobody's, oldest first.

        A database that is not shared has one server: *at_start* all that is queued was its predecessor's.
        """
        everything = at_start and not self._database.shared
        async with self._database.write() as connection:
            ids = await queries.take(connection, self.at(self._clock.now()), everything=everything)
            waiting = await queries.queued(connection) if ids else []
        return [Taken(one, candidate) for one, candidate in waiting if one in ids and one not in self._in_hand]

    async def renew(self) -> None:
        """Hold what is in hand for another lease, where it is still ours."""
        if self._in_hand:
            async with self._database.write() as connection:
                await queries.renew(connection, self.at(self._clock.now()), list(self._in_hand))

    async def release(self) -> None:
        """Leave all that is queued to others, at the end of this process."""
        async with self._database.write() as connection:
            await queries.release(connection, self._holder)

    async def keep(self, on_taken: Callable[[list[Taken]], None]) -> None:
        """Renew, and hand over what others left, until cancelled; a database in trouble is asked again."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / RENEWALS)
            try:
                await self.renew()
                on_taken(await self.take())
            except GreenroomError as error:
                log.warning("claims could not be renewed", reason=error.line())


async def quietly(work: Awaitable[None]) -> None:
    """Do *work*; a database in trouble is only noted."""
    try:
        await work
    except GreenroomError as error:
        log.warning("claims were left to run out", reason=error.line())
