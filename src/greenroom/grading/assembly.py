"""Opening the parts of the grader's life cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from greenroom.bank.models import Item, Kind
from greenroom.grading.intake.service import Snapshots
from greenroom.grading.monitoring.service import Monitor
from greenroom.grading.registry.artefacts import Artefacts
from greenroom.grading.registry.protocols import Row
from greenroom.grading.registry.rules import Live, Verdict
from greenroom.grading.registry.service import Aliases, Registry
from greenroom.grading.scheduling.lease import Lease
from greenroom.grading.scheduling.loop import LOOP, Cycle, Scheduler, known_facts
from greenroom.grading.service import Grader
from greenroom.grading.serving import queries
from greenroom.grading.serving.builtin import Builtin
from greenroom.grading.serving.loading import Models
from greenroom.grading.serving.service import Desk
from greenroom.kernel.clock import Clock
from greenroom.platform.database import Database
from greenroom.platform.settings import Settings

_TERM, _INTERVAL = timedelta(minutes=5), timedelta(hours=1)
_WARM_UP = "It depends on what is measured, and it is measured before anything is changed."


@dataclass(frozen=True)
class Lifecycle:
    """The registry, the desk where answers are read, the watch, and the job that keeps them going."""

    registry: Registry
    desk: Desk
    monitor: Monitor
    cycle: Cycle
    scheduler: Scheduler

    async def verdict(self, version: str) -> tuple[Verdict, Aliases, str]:
        """Whether *version* may follow today's champion; the aliases that this is about, and the champion's version.

        Raises ModelUnknown.
        """
        aliases = await self.registry.aliases()
        champion = aliases.champion or self.desk.models.shipped.version
        return await self.registry.verdict(version, champion, await self.live(version)), aliases, champion

    async def live(self, version: str) -> Live:
        """What a challenger has done beside the champion since it was nominated; nothing when it is none."""
        aliases = await self.registry.aliases()
        since = await self.registry.since("challenger")
        if aliases.challenger != version or since is None:
            return Live()
        async with self.registry.database.read() as connection:
            shadow, shadow_failures, canary, canary_failures = await queries.live(connection, version, since)
        return Live(shadow, shadow_failures, canary, canary_failures)


def open_lifecycle(
    settings: Settings, database: Database, clock: Clock, grader: Grader, items: Sequence[Item] = ()
) -> Lifecycle:
    """Put the parts together; nothing is loaded before `desk.models.refresh()`."""
    registry = Registry(database, Artefacts(settings.models_path))
    models = Models(registry, Builtin(grader), _warm_up(items))
    desk = Desk(database, models, canary=settings.grader_canary, most_waiting=settings.grader_queue)
    monitor = Monitor(database)
    snapshots = Snapshots(database, retrain_within=timedelta(days=settings.retrain_days))
    cycle = Cycle(registry, monitor, desk, partial(known_facts, database, registry, snapshots))
    lease = Lease(database, clock, LOOP, term=_TERM, interval=_INTERVAL)
    return Lifecycle(registry, desk, monitor, cycle, Scheduler(cycle, lease, clock))


def _warm_up(items: Sequence[Item]) -> list[Row]:
    """A few rows that a model must be able to read before it answers."""
    item = next((one for one in items if one.kind is Kind.concept), None)
    return [Row(item, point, _WARM_UP) for point in item.head.rubric if point.claim] if item else []
