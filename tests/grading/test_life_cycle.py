"""The life cycle on a simulated stream: from a model's file to champion, watched, rolled back, and asked for anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from tests.grading.models import concept_item
from tests.grading.people import add_submissions
from tests.grading.registry.test_registry import NOW, add, crown, registry_in

from greenroom.bank.findings import State
from greenroom.bank.models import Item
from greenroom.grading.monitoring.rules import BASE_AUDIT_RATE, RAISED_AUDIT_RATE, Facts
from greenroom.grading.monitoring.service import Monitor
from greenroom.grading.monitoring.tables import retrainings
from greenroom.grading.registry.protocols import Row, Score
from greenroom.grading.registry.rules import Live
from greenroom.grading.registry.service import Aliases, Registry
from greenroom.grading.registry.trials import Labelled, try_challenger
from greenroom.grading.scheduling.lease import Lease
from greenroom.grading.scheduling.loop import LOOP, Cycle, Scheduler
from greenroom.grading.serving import queries
from greenroom.grading.serving.loading import Models
from greenroom.grading.serving.service import Desk, Reference
from greenroom.kernel.clock import ManualClock
from greenroom.platform.database import Database

pytestmark = pytest.mark.anyio
START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
A_DAY = 100


class Stream:
    """A model whose scores are drawn: each answer's text is its score. `right` is how often its state is the truth."""

    version = "stream"

    def score(self, asked: Sequence[Row]) -> list[Score]:
        return [self._one(float(row.answer)) for row in asked]

    def _one(self, value: float) -> Score:
        state = State.present if value >= 0.5 else State.absent
        return Score(state, max(value, 1 - value), value, False, {}, "f" * 64)


class World:
    """A Greenroom whose answers are drawn, with two servers that may do the job."""

    def __init__(self, database: Database, folder: Path, item: Item) -> None:
        self.database, self.item, self.clock = database, item, ManualClock(START)
        self.registry: Registry = registry_in(database, folder)
        self.models = Models(self.registry, Stream())
        self.desk = Desk(database, self.models, canary=0.3)
        self.monitor = Monitor(database)
        self.rng = np.random.default_rng(11)
        self.facts = Facts()
        self.schedulers = [self._scheduler() for _ in range(2)]

    def _scheduler(self) -> Scheduler:
        async def facts(_now: datetime) -> Facts:
            return self.facts

        cycle = Cycle(self.registry, self.monitor, self.desk, facts)
        lease = Lease(self.database, self.clock, LOOP, term=timedelta(minutes=5), interval=timedelta(hours=1))
        self.cycle = cycle
        return Scheduler(cycle, lease, self.clock)

    async def day(self, references: Sequence[Reference], shift: float = 0.0) -> None:
        """One day's answers, then night, in which the job is done once."""
        rows: list[dict[str, Any]] = []
        for reference in references:
            value = 1 / (1 + np.exp(-(self.rng.normal() + shift)))
            asked = [Row(self.item, self.item.head.rubric[0], repr(float(value)))]
            rows += self.desk.read(asked, reference, self.clock.now()).rows
            self.clock.advance(60)
        async with self.database.write() as connection:
            await queries.add_many(connection, rows)
        self.clock.advance((DAY - timedelta(minutes=len(references))).total_seconds())
        done = [await one.run_once() for one in self.schedulers]
        assert done == [True, False]
        await self.cycle.share(self.clock.now())


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path, concept_item(tmp_path / "pack"))


async def test_a_shift_is_found_within_a_week_and_raises_the_audits(world: World) -> None:
    reference = 1 / (1 + np.exp(-np.random.default_rng(3).normal(size=2_000)))
    await world.monitor.begin("stream", reference.tolist(), 0.15, START)
    answers = await add_submissions(world.database, 20 * A_DAY, START)
    days = [answers[at : at + A_DAY] for at in range(0, len(answers), A_DAY)]
    for quiet in days[:12]:
        await world.day(quiet)
    calm = await world.monitor.stands("stream", world.clock.now())
    assert not calm.score_alarm
    assert world.desk.audit_rate == BASE_AUDIT_RATE
    for moved in days[12:19]:
        await world.day(moved, 0.4)
    found = await world.monitor.look("stream", world.clock.now())
    assert found.score_alarm
    assert world.desk.audit_rate == RAISED_AUDIT_RATE
    assert found.score_rows == 2_000 + 19 * A_DAY
    assert not found.error_alarm, "a drift of what comes in says nothing of errors"
    assert b"greenroom_grader_score_drift_e" in world.desk.metrics.text()
    again = await world.monitor.look("stream", world.clock.now())
    assert again.as_json() == found.as_json(), "what was taken in is not taken in twice"


async def test_the_first_scores_become_the_reference_where_none_was_given(world: World) -> None:
    answers = await add_submissions(world.database, 300, START)
    for at in (0, 100, 200):
        await world.day(answers[at : at + 100])
    found = await world.monitor.look("stream", world.clock.now())
    assert (found.has_reference, found.score_rows, found.score_e) == (False, 300, 1.0)


async def test_errors_that_audits_find_ask_for_a_new_model_once(world: World) -> None:
    answers = await add_submissions(world.database, 120, START)
    await world.monitor.begin("stream", (), 0.1, START)
    await world.day(answers)
    async with world.database.read() as connection:
        said = {one.submission_id: (await queries.of_submission(connection, one.submission_id))[0] for one in answers}
    for number, (submission, row) in enumerate(said.items()):
        wrong = number % 2 == 0
        other = State.absent if row.state == "present" else State.present
        await world.desk.label(submission, row.point, "audit", other if wrong else State(row.state), world.clock.now())
    world.facts = Facts(new_labels=400, trained_rubric="1", rubric="2")
    for _ in range(3):
        world.clock.advance(3600)
        assert [await one.run_once() for one in world.schedulers] == [True, False]
    async with world.database.read() as connection:
        (asked,) = (await connection.execute(select(retrainings))).all()
    assert {one["code"] for one in asked.reasons} == {"errors", "rubric", "labels"}
    await add(world.registry, "new", seed=1)
    await crown(world.registry, "new")
    async with world.database.read() as connection:
        assert (await connection.execute(select(retrainings.c.done_at))).scalars().all() == [NOW]
    found = await world.monitor.stands("stream", world.clock.now())
    assert (found.audits, found.errors) == (120, 60.0)
    assert found.figures["audited_f1"] < 0.6
    assert found.figures["override_ratio"] == 0.5


async def test_from_file_to_champion_and_back(world: World) -> None:
    item, now = world.item, START
    await add(world.registry, "new", seed=1)
    await world.registry.nominate("new", now)
    shipped = world.models.shipped.version
    before = await world.registry.verdict("new", shipped, await _live(world))
    assert {one.name for one in before.checks if not one.met} == {"held-out rows", "invariance", "shadow", "canary"}
    challenger = world.registry.load(await world.registry.get("new"))
    held_out = [
        Labelled(Row(item, item.head.rubric[0], text), state, f"g{number % 70}")
        for number in range(700)
        for text, state in [_labelled_text(item, number)]
    ]
    worse = _AlwaysAbsent(shipped)
    comparison, suite = try_challenger(worse, challenger, held_out, seed=0)
    assert comparison.lower > 0
    await world.registry.note_trial("new", shipped, comparison, suite, now)
    verdict = await world.registry.verdict("new", shipped, await _live(world))
    assert {"shadow", "canary"} <= {one.name for one in verdict.checks if not one.met}
    assert (
        (await world.registry.verdict("new", "another champion", await _live(world))).checks[0].said.startswith("not")
    )
    assert await world.registry.aliases() == Aliases(challenger="new")


async def test_a_champion_that_fails_is_rolled_back_by_the_job(world: World) -> None:
    await add(world.registry, "new", seed=1)
    await crown(world.registry, "new")
    await world.models.refresh()
    assert world.models.now.champion.version == "new"
    broken = replace(world.models.now.champion, scorer=_Broken())
    world.models.now = replace(world.models.now, champion=broken)
    answers = await add_submissions(world.database, 60, START)
    world.clock.advance(DAY.total_seconds())
    await world.day(answers)
    assert await world.registry.aliases() == Aliases()
    assert world.models.now.champion.shipped
    (move, *_) = await world.registry.history()
    assert (move["sort"], move["before"], move["after"], move["moved_by"]) == ("rollback", "new", None, None)
    assert "60 of 60 answers failed" in move["reason"]


class _Broken:
    version = "new"

    def score(self, asked: Sequence[Row]) -> list[Score]:
        raise RuntimeError("no")


class _AlwaysAbsent:
    def __init__(self, version: str) -> None:
        self.version = version

    def score(self, asked: Sequence[Row]) -> list[Score]:
        return [Score(State.absent, 0.9, 0.1, False) for _ in asked]


def _labelled_text(item: Item, number: int) -> tuple[str, State]:
    phrasings = item.head.rubric[0].phrasings
    assert phrasings is not None
    if number % 2:
        return phrasings.accepts[number % len(phrasings.accepts)], State.present
    return f"Something else, number {number}.", State.absent


async def _live(world: World) -> Live:
    async with world.database.read() as connection:
        return Live(*await queries.live(connection, "new", START))
