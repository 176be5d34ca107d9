"""The life cycle's job: a pass watches, rolls back where it must, and asks for a new model where there is a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from greenroom.grading.intake.service import Snapshots
from greenroom.grading.monitoring.rules import Facts
from greenroom.grading.monitoring.service import Monitor, Watched
from greenroom.grading.registry.errors import AliasMoved
from greenroom.grading.registry.service import Registry
from greenroom.grading.scheduling.lease import Lease
from greenroom.grading.serving import queries as log_queries
from greenroom.grading.serving.service import Desk
from greenroom.kernel.clock import Clock
from greenroom.kernel.errors import GreenroomError
from greenroom.platform.database import Database

log = structlog.get_logger(__name__)

LOOP = "grader-cycle"
Step = Callable[[datetime], Awaitable[None]]
GetFacts = Callable[[datetime], Awaitable[Facts]]


@dataclass
class Cycle:
    """What one pass does. *first* are steps of other rooms (ingest, forget, train) that come before."""

    registry: Registry
    monitor: Monitor
    desk: Desk
    facts: GetFacts
    first: Sequence[Step] = ()

    async def steps(self) -> list[Step]:
        """The steps in their order; each can be repeated without harm."""
        return [*self.first, self._watch, self._roll_back, self._retrain]

    async def _watch(self, now: datetime) -> None:
        watched = await self.monitor.look(self.desk.models.now.champion.version, now)
        if watched.score_alarm:
            log.warning("the scores have drifted", version=watched.version, e=round(watched.score_e, 1))

    async def _roll_back(self, now: datetime) -> None:
        aliases = await self.registry.aliases()
        if aliases.champion is None:
            return
        since = await self.registry.since("champion")
        before = aliases.previous or self.desk.models.shipped.version
        reasons = await self.monitor.rollback_reasons(aliases.champion, since or now, before, now)
        if not reasons:
            return
        try:
            await self.registry.roll_back(now, by=None, reason="; ".join(reasons), champion=aliases.champion)
        except AliasMoved:
            return
        await self.desk.models.refresh()

    async def _retrain(self, now: datetime) -> None:
        watched = await self.monitor.stands(self.desk.models.now.champion.version, now)
        reasons = await self.monitor.decide_retraining(watched, await self.facts(now), now)
        if reasons:
            log.info("a new model is asked for", reasons=[one.code for one in reasons])

    async def share(self, now: datetime) -> Watched:
        """Put what every server should know into this one: how many answers are audited, and the figures."""
        watched = await self.monitor.stands(self.desk.models.now.champion.version, now)
        self.desk.audit_rate = watched.audit_rate
        self.desk.metrics.share(watched.figures)
        return watched


class Scheduler:
    """Does the job when it is due and nobody else does it."""

    def __init__(self, cycle: Cycle, lease: Lease, clock: Clock) -> None:
        self._cycle, self._lease, self._clock = cycle, lease, clock

    async def run_once(self) -> bool:
        """One pass, if it is due and this process's; whether it was done. The lease is renewed before each step."""
        async with self._lease.turn() as ours:
            if not ours:
                return False
            for step in await self._cycle.steps():
                await self._lease.renew()
                await step(self._clock.now())
        return True

    async def keep(self, every_s: float) -> None:
        """Look every *every_s* seconds whether the job is due, until cancelled."""
        while True:
            await asyncio.sleep(every_s)
            try:
                await self.run_once()
                await self._cycle.share(self._clock.now())
            except GreenroomError as error:
                log.warning("the grader's job was left for later", reason=error.line())
            except Exception:
                log.exception("the grader's job failed")


async def known_facts(database: Database, registry: Registry, snapshots: Snapshots, now: datetime) -> Facts:
    """What log, registry and snapshots know: labels since the champion was made, and what it must forget by when."""
    aliases = await registry.aliases()
    if aliases.champion is None:
        return Facts(new_labels=await _labels_since(database, datetime.fromtimestamp(0, now.tzinfo)))
    champion = await registry.get(aliases.champion)
    trained = [(champion.version, champion.origin.snapshot)] if champion.origin.snapshot else []
    due = [one.retrain_by for one in await snapshots.due(trained, now)]
    return Facts(new_labels=await _labels_since(database, champion.created_at), erasure_due=min(due, default=None))


async def _labels_since(database: Database, since: datetime) -> int:
    async with database.read() as connection:
        return await log_queries.new_labels(connection, since)
