"""The desk: warmed swaps, shadow and canary, a log without texts, labels that come late, and somebody who answers."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from tests.accounts.conftest import everything
from tests.grading.models import GOOD, concept_item, rows
from tests.grading.people import add_submissions
from tests.grading.registry.test_registry import add, crown, registry_in

from greenroom.bank.findings import State
from greenroom.bank.models import Item
from greenroom.grading.registry.linear import KIND
from greenroom.grading.registry.overlaps import Overlaps
from greenroom.grading.registry.protocols import Floats, Row, Score, Scorer
from greenroom.grading.registry.service import Registry, load_linear
from greenroom.grading.service import Grader
from greenroom.grading.serving import queries
from greenroom.grading.serving.builtin import Builtin
from greenroom.grading.serving.loading import Loaded, Models
from greenroom.grading.serving.service import Desk, finding_of
from greenroom.grading.serving.tables import labels, predictions
from greenroom.interview.tables import interviews
from greenroom.kernel.errors import InputError, NotFoundError
from greenroom.platform.database import Database

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Faulty:
    """A model that answers nothing, or too much."""

    def __init__(self, version: str, fault: str) -> None:
        self.version, self._fault = version, fault

    def score(self, asked: Sequence[Row]) -> list[Score]:
        if self._fault == "raises":
            raise RuntimeError("out of memory")
        if self._fault == "too few":
            return []
        return [Score(State.present, 1.5, float("nan"), False) for _ in asked]


class Quick(Faulty):
    """The same where no thread is thought to be needed."""

    def is_quick(self, asked: Sequence[Row]) -> bool:
        return len(asked) > 0


@pytest.fixture
def item(tmp_path: Path) -> Item:
    return concept_item(tmp_path / "pack")


@pytest.fixture
def registry(database: Database, tmp_path: Path) -> Registry:
    return registry_in(database, tmp_path)


@pytest.fixture
def models(registry: Registry, item: Item) -> Models:
    return Models(registry, Builtin(Grader()), rows(item, "something"))


async def serving(registry: Registry, *versions: str) -> None:
    """The first is champion, the second, if there is one, its challenger."""
    for number, version in enumerate(versions):
        await add(registry, version, seed=number)
    await crown(registry, versions[0])
    if len(versions) > 1:
        await registry.nominate(versions[1], NOW)


async def test_the_model_that_ships_answers_until_there_is_another(
    database: Database, models: Models, registry: Registry, item: Item
) -> None:
    desk = Desk(database, models)
    await models.refresh()
    points = list(item.head.rubric)
    shipped = await desk.score(item, points, GOOD)
    assert shipped.version == models.shipped.version
    assert [one.state for one in shipped.scores] == [State.present, State.present]
    direct = Grader().grade(item, GOOD)
    assert tuple(map(finding_of, points, shipped.scores)) == direct
    await serving(registry, "first")
    await models.refresh()
    assert (await desk.score(item, points, GOOD)).version == "first"
    await desk.close()


async def test_a_model_is_warmed_before_it_answers_and_a_broken_one_never_does(
    registry: Registry, models: Models
) -> None:
    seen: list[tuple[str, str]] = []

    def loader(content: bytes) -> Scorer:
        loaded = load_linear(content)

        class Watched:
            version = loaded.version

            def score(self, asked: Sequence[Row]) -> list[Score]:
                seen.append((self.version, models.now.champion.version))
                if self.version == "second":
                    raise RuntimeError("no")
                return loaded.score(asked)

        return Watched()

    await serving(registry, "first")
    registry.loaders = {KIND: loader}
    now = await models.refresh()
    assert now.champion.version == "first"
    assert seen == [("first", models.shipped.version)]
    await add(registry, "second", seed=1)
    await crown(registry, "second", "first")
    now = await models.refresh()
    assert now.champion.version == "first"
    assert "second does not answer" in now.trouble


@pytest.mark.parametrize("previous", [True, False])
async def test_at_the_start_a_champion_that_cannot_be_loaded_is_replaced(
    registry: Registry, models: Models, previous: bool
) -> None:
    await serving(registry, "first")
    await add(registry, "second", seed=1)
    await crown(registry, "second", "first")
    for version in ("second", *(() if previous else ("first",))):
        record = await registry.get(version)
        (registry.artefacts.folder / record.artefact.file).write_bytes(b"something else")
    now = await models.refresh()
    assert now.champion.version == ("first" if previous else models.shipped.version)
    assert now.trouble


async def test_shadow_reads_and_never_answers_and_a_canary_answers_its_share(
    database: Database, registry: Registry, models: Models, item: Item
) -> None:
    await serving(registry, "first", "second")
    await models.refresh()
    desk = Desk(database, models, canary=0.2)
    references = await add_submissions(database, 200, NOW)
    asked = rows(item)
    for reference in references:
        reading = desk.read(asked, reference, NOW)
        await desk.note(reading)
        await desk.note(reading)  # an answer that is read again is one answer
    async with database.read() as connection:
        logged = (await connection.execute(select(predictions))).all()
        live = await queries.live(connection, "second", NOW)
    assert len(logged) == 400
    canary = {row.submission_id for row in logged if row.role == "canary"}
    assert 20 <= len(canary) <= 60
    assert live == (200 - len(canary), 0, len(canary), 0)
    for row in logged:
        assert row.version == ("second" if row.submission_id in canary else "first")
        assert (row.shadow_version, row.shadow_state is None) == (
            (None, True) if row.submission_id in canary else ("second", False)
        )
        assert (row.snapshot, row.cluster) == ("s1", row.submission_id)
        assert len(row.features) == 64
    assert any(row.audit for row in logged)
    assert "session record" not in await everything(database)


@pytest.mark.parametrize("fault", ["raises", "too few", "beyond"])
async def test_when_a_model_fails_the_shipped_one_answers_and_it_is_written_down(
    database: Database, registry: Registry, models: Models, item: Item, fault: str
) -> None:
    await serving(registry, "first", "second")
    now = await models.refresh()
    assert now.challenger is not None
    bad, worse = Faulty("first", fault), Faulty("second", fault)
    models.now = replace(
        now, champion=replace(now.champion, scorer=bad), challenger=replace(now.challenger, scorer=worse)
    )
    desk = Desk(database, models)
    (reference,) = await add_submissions(database, 1, NOW)
    reading = desk.read(rows(item), reference, NOW)
    await desk.note(reading)
    assert reading.version == models.shipped.version
    assert [one.state for one in reading.scores] == [State.present, State.present]
    async with database.read() as connection:
        logged = await queries.of_submission(connection, reference.submission_id)
        window = await queries.window(connection, "first", NOW, NOW + timedelta(hours=1))
        live = await queries.live(connection, "second", NOW)
    assert {(row.version, row.state, row.shadow_state) for row in logged} == {("first", None, None)}
    assert (window.answers, window.failures) == (0, 2)
    assert live == (0, 1, 0, 0)
    assert b'greenroom_grader_errors_total{version="first"} 1.0' in desk.metrics.text()
    scored = await desk.score(item, list(item.head.rubric), GOOD)
    assert scored.version == models.shipped.version
    await desk.close()


@pytest.mark.parametrize("fault", ["raises", "too few", "beyond"])
async def test_a_quick_model_that_fails_is_replaced_too_and_counted_once(
    database: Database, models: Models, item: Item, fault: str
) -> None:
    models.now = replace(models.now, champion=Loaded(Quick("first", fault)))
    desk = Desk(database, models)
    scored = await desk.score(item, list(item.head.rubric), GOOD)
    assert scored.version == models.shipped.version
    assert [one.state for one in scored.scores] == [State.present, State.present]
    assert b'greenroom_grader_errors_total{version="first"} 1.0' in desk.metrics.text()
    await desk.close()


async def test_a_linear_model_reads_short_texts_without_a_thread_and_says_the_same(
    database: Database, registry: Registry, models: Models, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    await serving(registry, "first")
    await models.refresh()
    threads: list[int] = []
    measured = Overlaps.__call__

    def noting(self: Overlaps, asked: Sequence[Row]) -> Floats:
        threads.append(threading.get_ident())
        return measured(self, asked)

    monkeypatch.setattr(Overlaps, "__call__", noting)
    desk, points = Desk(database, models), list(item.head.rubric)
    for answer, here in ((GOOD, True), (GOOD * 150, False)):
        threads.clear()
        found = await desk.score(item, points, answer)
        assert [one == threading.get_ident() for one in threads] == [here]
        assert list(found.scores) == models.now.champion.scorer.score(rows(item, answer))
        assert found.version == "first"
    assert b'greenroom_grader_points_total{version="first"} 4.0' in desk.metrics.text()
    assert b'greenroom_grader_seconds_count{version="first"} 2.0' in desk.metrics.text()
    await desk.close()


async def test_late_labels_join_and_go_with_the_interview(
    database: Database, registry: Registry, models: Models, item: Item
) -> None:
    await serving(registry, "first")
    await models.refresh()
    desk = Desk(database, models)
    references = await add_submissions(database, 3, NOW)
    for reference in references:
        await desk.note(desk.read(rows(item), reference, NOW))
    later = NOW + timedelta(days=9)
    one, two = references[0].submission_id, references[1].submission_id
    await desk.label(one, "scale", "override", State.present, later)
    await desk.label(one, "scale", "override", State.absent, later)
    await desk.label(two, "scale", "dispute", State.present, later)
    await desk.label(two, "no-session", "self-judged", State.absent, later)
    async with database.read() as connection:
        window = await queries.window(connection, "first", NOW, later)
        said = {row.state for row in await queries.of_submission(connection, one)}
    assert said == {"present"}
    assert (window.answers, window.labelled, window.overridden) == (6, 2, 1)
    async with database.write() as connection:
        await connection.execute(delete(interviews).where(interviews.c.id == one))
        left = (await connection.execute(select(predictions.c.submission_id))).scalars().all()
        kept = (await connection.execute(select(labels.c.submission_id))).scalars().all()
    assert (len(left), set(kept)) == (4, {two})


async def test_audits_wait_until_a_person_has_read_them(database: Database, models: Models, item: Item) -> None:
    desk = Desk(database, models)
    desk.audit_rate = 1.0
    (reference,) = await add_submissions(database, 1, NOW)
    await desk.note(desk.read(rows(item), reference, NOW))
    waiting = await desk.waiting_audits()
    assert [one["point"] for one in waiting] == ["no-session", "scale"]
    assert all("state" not in one for one in waiting)
    await desk.label(reference.submission_id, "scale", "audit", State.absent, NOW)
    assert [one["point"] for one in await desk.waiting_audits()] == ["no-session"]
    with pytest.raises(InputError):
        await desk.label(reference.submission_id, "scale", "audit", State.unsure, NOW)
    for submission, point in ((reference.submission_id, "other"), ("other", "scale")):
        with pytest.raises(NotFoundError):
            await desk.label(submission, point, "audit", State.absent, NOW)


async def test_the_log_is_read_page_by_page_and_by_day(database: Database, models: Models, item: Item) -> None:
    desk, day = Desk(database, models), timedelta(days=1)
    references = await add_submissions(database, 5, NOW)
    for number, reference in enumerate(references):  # the last two at one moment
        await desk.note(desk.read(rows(item), reference, NOW + min(number, 3) * day))
    whole = [one["id"] for one in await desk.last(100)]
    seen: list[str] = []
    while page := await desk.last(3, seen[-1] if seen else None):
        seen += [one["id"] for one in page]
    assert (seen, len(seen)) == (whole, 10)
    assert await desk.last(3, "nothing-of-that-id") == []
    async with database.read() as connection:
        days = await queries.by_day(connection, [NOW + (number - 1) * day for number in range(6)])
        times = [await queries.latency(connection, NOW + 2 * day, share) for share in (0.0, 0.5, 1.0)]
        assert await queries.latency(connection, NOW + 9 * day, 0.5) is None
    assert [one.points for one in days] == [0, 2, 2, 2, 4]
    assert [one.begins for one in days] == [NOW + (number - 1) * day for number in range(5)]
    assert (days[0].mean_ms, days[4].failed) == (None, 0)
    known = sorted(one["latency_ms"] for one in await desk.last(6))
    assert times == [known[0], known[2], known[5]]
