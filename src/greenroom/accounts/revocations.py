"""Sessions whose access tokens are refused although they have not ended: every process knows them within `BOUND`.

They are written into the database in the transaction that ends the session, so that none is lost. Each process keeps
the few that matter in memory. It hears of another's at once where there is a Redis or Valkey, and otherwise when it
looks into the database, which it does every `LOOK`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import delete, insert, select

from greenroom.accounts.rules import revoked_until
from greenroom.accounts.tables import revocations
from greenroom.kernel.clock import Clock
from greenroom.platform.database import AsyncConnection, Database

log = structlog.get_logger(__name__)

BOUND = timedelta(seconds=2)
LOOK = timedelta(seconds=1)
_OVERLAP = timedelta(seconds=30)
"""A transaction that began before a look may be committed after it."""


class Herald(Protocol):
    """Carries session ids to the other processes, and theirs to this one."""

    async def tell(self, session_ids: list[str]) -> None:
        """Tell the others."""

    async def hear(self) -> list[str]:
        """Wait for what others tell."""


class Revocations:
    """What this process knows. `begin` and `close` are for the event loop that serves."""

    def __init__(self, database: Database, clock: Clock, herald: Herald | None = None) -> None:
        self._database, self._clock, self._herald = database, clock, herald
        self._until: dict[str, datetime] = {}
        self._looked: datetime | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def revoked(self, session_id: str) -> bool:
        """Whether the session has ended, as far as this process knows."""
        return session_id in self._until

    async def note(self, connection: AsyncConnection, session_ids: Iterable[str], now: datetime) -> None:
        """Write them down, in the transaction that ends them, once each. `spread` them once it is committed."""
        rows = [{"session_id": one, "added_at": now, "until": revoked_until(now)} for one in session_ids]
        if rows:
            await connection.execute(delete(revocations).where(revocations.c.until <= now))
            await connection.execute(insert(revocations), rows)

    async def spread(self, session_ids: Iterable[str], now: datetime) -> None:
        """Refuse them here from now on, and tell the other processes."""
        ended = list(session_ids)
        self._learn(ended, revoked_until(now))
        if self._herald is not None and ended:
            try:
                await self._herald.tell(ended)
            except Exception as error:  # the others find them when they look
                log.warning("the other processes were not told", reason=str(error))

    async def look(self) -> None:
        """Take up what is written down."""
        now = self._clock.now()
        query = select(revocations.c.session_id, revocations.c.until).where(revocations.c.until > now)
        if self._looked is not None:
            query = query.where(revocations.c.added_at > self._looked - _OVERLAP)
        async with self._database.read() as connection:
            found = (await connection.execute(query)).all()
        self._looked = now
        for row in found:
            self._learn([row.session_id], row.until)
        self._until = {one: until for one, until in self._until.items() if until > now}

    async def begin(self) -> None:
        """Take up what is written down, and go on looking and hearing."""
        await self.look()
        self._tasks = [asyncio.create_task(self._keep_looking(), name="revocations")]
        if self._herald is not None:
            self._tasks.append(asyncio.create_task(self._keep_hearing(self._herald), name="revocations-heard"))

    async def close(self) -> None:
        """End that."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _learn(self, session_ids: Iterable[str], until: datetime) -> None:
        for one in session_ids:
            self._until[one] = until

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK.total_seconds())
            try:
                await self.look()
            except Exception as error:  # it is down: who asks for anything is told, and the next look may do
                log.warning("ended sessions could not be looked up", reason=str(error))

    async def _keep_hearing(self, herald: Herald) -> None:
        while True:
            try:
                heard = await herald.hear()
                self._learn(heard, revoked_until(self._clock.now()))
            except Exception as error:
                log.warning("other processes are not heard", reason=str(error))
                await asyncio.sleep(LOOK.total_seconds())
