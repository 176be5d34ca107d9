"""Putting the parts together: one place that opens database, bank, judge and grader."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from greenroom.accounts.administration import Administration
from greenroom.accounts.assembly import open_accounts
from greenroom.accounts.service import Accounts
from greenroom.grading.assembly import Lifecycle, open_lifecycle
from greenroom.grading.intake.service import Snapshots
from greenroom.grading.language_model.reader import open_language_model
from greenroom.grading.service import Grader
from greenroom.interview.answering import Answering
from greenroom.interview.authoring import Authoring
from greenroom.interview.catalogue import Catalogue, load_catalogue
from greenroom.interview.claims import Claims
from greenroom.interview.disputes import Disputes
from greenroom.interview.evaluations import Evaluations
from greenroom.interview.service import Interviews
from greenroom.interview.switches import Switches
from greenroom.interview.training import Training
from greenroom.judge.queueing import Bounds
from greenroom.judge.service import Judge
from greenroom.kernel.clock import Clock, SystemClock
from greenroom.platform.database import Database
from greenroom.platform.limits import RateLimits
from greenroom.platform.migrations import migrate
from greenroom.platform.settings import Settings, prepare_data_dir


@dataclass(frozen=True)
class Workplace:
    """Everything that an interview needs, opened."""

    settings: Settings
    clock: Clock
    database: Database
    accounts: Accounts
    limits: RateLimits
    catalogue: Catalogue
    interviews: Interviews
    answering: Answering
    claims: Claims
    lifecycle: Lifecycle
    authoring: Authoring
    evaluations: Evaluations

    @property
    def disputes(self) -> Disputes:
        """What candidates say is wrong."""
        return Disputes(self.database, self.catalogue, solo=self.settings.mode == "solo")

    @property
    def switches(self) -> Switches:
        """What is asked in no new interview."""
        return Switches(self.database, self.catalogue)

    @property
    def training(self) -> Training:
        """Who lets the grader learn from their answers."""
        return Training(self.database, timedelta(days=self.settings.retrain_days))

    @property
    def snapshots(self) -> Snapshots:
        """What the grader learns from."""
        return Snapshots(self.database, retrain_within=timedelta(days=self.settings.retrain_days))

    @property
    def administration(self) -> Administration:
        """The people, as an admin sees them."""
        return Administration(self.database)


@asynccontextmanager
async def open_workplace(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Workplace]:
    """Prepare the data folder and the schema, load the bank, and open the parts; all are closed at the end.

    Raises EnvironmentFault for a folder that cannot be written and PackError for a broken pack.
    """
    prepare_data_dir(settings)
    migrate(settings.database)
    grader = Grader(second=open_language_model(settings))
    catalogue = load_catalogue(settings.packs)
    time = clock or SystemClock()
    database = Database(settings.database)
    limit, limit_each = settings.queue_limit, settings.queue_limit_each
    training = Training(database, timedelta(days=settings.retrain_days))
    people = open_accounts(settings, database, time, training)
    judge = Judge(jobs=settings.jobs_each, spares=settings.spares, bounds=Bounds(limit, limit_each))
    lifecycle = open_lifecycle(settings, database, time, grader, catalogue.items, training.rows)
    evaluations = Evaluations(settings.data_dir / "evaluation.json", catalogue.items, time)
    try:
        await lifecycle.desk.models.refresh()
        await people.accounts.sessions.revocations.begin()
        claims = Claims(database, time, timedelta(seconds=settings.lease_s))
        answering = Answering(database, catalogue, judge, grader, time, claims, lifecycle.desk)
        interviews = Interviews(database, catalogue, claims, queue_limit=limit, queue_limit_each=limit_each)
        yield Workplace(
            settings,
            time,
            database,
            people.accounts,
            people.limits,
            catalogue,
            interviews,
            answering,
            claims,
            lifecycle,
            Authoring(database, catalogue, lifecycle.desk, grader),
            evaluations,
        )
    finally:
        await evaluations.close()
        await lifecycle.desk.close()
        judge.close()
        await people.close()
        await database.close()
