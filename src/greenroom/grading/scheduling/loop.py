"""The life cycle's job: a pass watches, rolls back where it must, and makes a new model where there is a reason."""

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
from greenroom.grading.registry.service import ModelRecord, Registry
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
Train = Callable[[datetime], Awaitable[ModelRecord]]


@dataclass
class Cycle:
    """What one pass does. *train* makes a snapshot and a challenger of it; *last* are steps that come after."""

    registry: Registry
    monitor: Monitor
    desk: Desk
    facts: GetFacts
    train: Train | None = None
    last: Sequence[Step] = ()

    async def steps(self) -> list[Step]:
        """The steps in their order; each can be repeated without harm."""
        return [self._watch, self._roll_back, self._retrain, self._train, *self.last]

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

    async def _train(self, now: datetime) -> None:
        """Train what was asked for, once. What cannot be trained now is tried again at the next pass."""
        asked_at = await self.monitor.asked_at()
        if self.train is None or asked_at is None or await self._is_there(asked_at, now):
            return
        try:
            made = await self.train(now)
        except GreenroomError as error:
            log.warning("a new model was asked for and could not be trained", reason=error.line())
            return
        log.info("a new model reads beside the one that answers", version=made.version)
        await self.desk.models.refresh()

    async def _is_there(self, asked_at: datetime, now: datetime) -> bool:
        """Whether a model waits for its trial, or was trained since, on today's rubric, and knows nothing erased."""
        challenger = (await self.registry.aliases()).challenger
        trained = [one for one in await self.registry.every() if "read_at" in one.metrics]
        waiting = [one for one in trained if one.version == challenger or one.created_at >= asked_at]
        facts = await self.facts(now)
        return any(
            one.origin.rubric == (facts.rubric or one.origin.rubric) and one.version not in facts.outdated
            for one in waiting
        )

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
        """One pass, if it is due and this process's; whether it was done. The lease is renewed all the while."""
        async with self._lease.turn() as ours:
            if not ours:
                return False
            for step in await self._cycle.steps():
                async with self._lease.kept():
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


async def known_facts(
    database: Database, registry: Registry, snapshots: Snapshots, now: datetime, *, rubric: str | None = None
) -> Facts:
    """What log, registry and snapshots know: new labels, what must be forgotten by when, and the rubrics.

    A model knows nothing that was erased before its snapshot was read for it.
    """
    aliases, every = await registry.aliases(), await registry.every()
    trained = [(one.version, one.origin.snapshot) for one in every if one.origin.snapshot]
    read_at = {one.version: one.created_at for one in every if "read_at" in one.metrics}
    due = await snapshots.due(trained, now, read_at)
    champion = next((one for one in every if one.version == aliases.champion), None)
    since = champion.created_at if champion is not None else datetime.fromtimestamp(0, now.tzinfo)
    dates = [one.retrain_by for one in due if champion is not None and one.model == champion.version]
    return Facts(
        erasure_due=min(dates, default=None),
        trained_rubric=champion.origin.rubric if champion is not None else None,
        rubric=rubric,
        new_labels=await _labels_since(database, since),
        outdated=frozenset(one.model for one in due),
    )


async def _labels_since(database: Database, since: datetime) -> int:
    async with database.read() as connection:
        return await log_queries.new_labels(connection, since)
