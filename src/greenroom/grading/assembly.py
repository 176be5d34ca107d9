"""Opening the parts of the grader's life cycle."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from greenroom.bank.models import Item, Kind
from greenroom.grading.fitting.examples import held_out, masked_anew, rubric_version
from greenroom.grading.fitting.service import Trainer
from greenroom.grading.intake.declared import declared_rows, public_texts
from greenroom.grading.intake.schemas import Found
from greenroom.grading.intake.service import Personal, Snapshots, Summary
from greenroom.grading.monitoring.service import Monitor
from greenroom.grading.registry import claims
from greenroom.grading.registry.artefacts import Artefacts
from greenroom.grading.registry.comparison import Comparison
from greenroom.grading.registry.invariance import Suite
from greenroom.grading.registry.mirror import Mirror
from greenroom.grading.registry.protocols import Row
from greenroom.grading.registry.rules import Live, Verdict
from greenroom.grading.registry.service import LOADERS, Aliases, Loader, ModelRecord, Registry
from greenroom.grading.registry.trials import Labelled, try_challenger
from greenroom.grading.scheduling.lease import Lease
from greenroom.grading.scheduling.loop import LOOP, Cycle, Scheduler, known_facts
from greenroom.grading.service import Grader
from greenroom.grading.serving import queries
from greenroom.grading.serving.builtin import Builtin, load_claims
from greenroom.grading.serving.loading import Models
from greenroom.grading.serving.service import Desk
from greenroom.kernel.clock import Clock
from greenroom.platform.database import Database
from greenroom.platform.settings import Settings

_TERM, _INTERVAL = timedelta(minutes=5), timedelta(hours=1)
_WARM_UP = "It depends on what is measured, and it is measured before anything is changed."


@dataclass(frozen=True)
class Lifecycle:
    """The registry, the desk where answers are read, the watch, the training, and the job that keeps them going."""

    registry: Registry
    desk: Desk
    monitor: Monitor
    cycle: Cycle
    scheduler: Scheduler
    snapshots: Snapshots
    trainer: Trainer
    personal: Personal | None = None
    mlflow_url: str = ""

    async def mirror(self, _now: datetime) -> None:
        """Copy models and aliases to the MLflow server of the settings; its faults are only logged."""
        records, aliases = await self.registry.every(), await self.registry.aliases()
        await asyncio.to_thread(Mirror(self.mlflow_url).copy, records, aliases)

    async def ingest(self, now: datetime) -> Summary:
        """A new snapshot: the bank, what people decided, and the rows of files that the last one has.

        Raises ContractBroken for what cannot be learned from.
        """
        items = self.trainer.items
        found = await asyncio.to_thread(declared_rows, items)
        last = await self.snapshots.newest()
        if last is not None:
            rows = (await self.snapshots.read(last)).rows
            own = [one for one in rows if one.source == "file"]
            found += [Found("file", f"row {one.id}", one.row.model_dump(mode="json")) for one in own]
        made = await self.snapshots.ingest(found, now, personal=self.personal, public=public_texts(items))
        assert made.snapshot is not None
        return made.snapshot

    async def retrain(self, now: datetime) -> ModelRecord:
        """A new snapshot, and a challenger that was trained on it."""
        return await self.trainer.train((await self.ingest(now)).id, now)

    async def held_out(self, snapshot_id: str) -> list[Labelled]:
        """The rows of a snapshot that no model was trained on: those of candidates and files that are reserved."""
        content = await self.snapshots.read(snapshot_id)
        items = {item.slug: item for item in self.trainer.items}
        return held_out(masked_anew(content, public_texts(self.trainer.items)), items)

    async def trial(
        self, version: str, rows: Sequence[Labelled], now: datetime, *, seed: int = 0
    ) -> tuple[str, Comparison, Suite]:
        """Try *version* against today's champion on *rows*, and keep what it showed; with the champion's version."""
        challenger = await asyncio.to_thread(self.registry.load, await self.registry.get(version))
        champion = (await self.desk.models.refresh()).champion.scorer
        comparison, suite = await asyncio.to_thread(try_challenger, champion, challenger, rows, seed)
        await self.registry.note_trial(version, champion.version, comparison, suite, now)
        return champion.version, comparison, suite

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
    settings: Settings,
    database: Database,
    clock: Clock,
    grader: Grader,
    items: Sequence[Item] = (),
    personal: Personal | None = None,
) -> Lifecycle:
    """Put the parts together; nothing is loaded before `desk.models.refresh()`.

    *personal* finds the rows of candidates who agreed; without it only the bank and files are learned from.
    """
    loaders: dict[str, Loader] = {**LOADERS, claims.KIND: partial(load_claims, grader)}
    registry = Registry(database, Artefacts(settings.models_path), loaders)
    models = Models(registry, Builtin(grader), _warm_up(items))
    desk = Desk(
        database, models, canary=settings.grader_canary, most_waiting=settings.grader_queue, vector=grader.vector
    )
    monitor = Monitor(database)
    snapshots = Snapshots(database, retrain_within=timedelta(days=settings.retrain_days))
    rubric = rubric_version(items) if items else None
    cycle = Cycle(registry, monitor, desk, partial(known_facts, database, registry, snapshots, rubric=rubric))
    lease = Lease(database, clock, LOOP, term=_TERM, interval=_INTERVAL)
    trainer = Trainer(registry, snapshots, monitor, grader, items)
    scheduler, url = Scheduler(cycle, lease, clock), settings.grader_mlflow_url
    parts = Lifecycle(registry, desk, monitor, cycle, scheduler, snapshots, trainer, personal, url)
    if items:
        cycle.train = parts.retrain
    if url:
        cycle.last = [parts.mirror]
    return parts


def _warm_up(items: Sequence[Item]) -> list[Row]:
    """A few rows that a model must be able to read before it answers."""
    item = next((one for one in items if one.kind is Kind.concept), None)
    return [Row(item, point, _WARM_UP) for point in item.head.rubric if point.claim] if item else []
