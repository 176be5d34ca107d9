"""All ten stages of the grader's life, driven through a real database on a simulated stream of answers.

The figures of the contract stand beside them: false alarms, detection, worse challengers, rollback, crashes, erasure.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, event, select
from tests.grading.models import concept_item, held_out, linear_model
from tests.grading.people import add_submissions
from tests.grading.registry.test_registry import GOOD_VERDICT, STEPS, add, crown, registry_in
from tests.interview.test_training import agree, candidate, withdraw
from tests.postgresql import Postgres

from greenroom.accounts.rules import User
from greenroom.bank.findings import State
from greenroom.bank.models import Item
from greenroom.grading.assembly import Lifecycle, open_lifecycle
from greenroom.grading.features import NAMES
from greenroom.grading.intake import queries as intake
from greenroom.grading.intake.declared import declared_rows, public_texts
from greenroom.grading.intake.reading import read_file
from greenroom.grading.intake.tables import snapshot_rows
from greenroom.grading.monitoring.betting import ALPHA, ScoreDrift
from greenroom.grading.monitoring.looking import (
    FEWEST_PLACES,
    begin_places,
    score_state,
    with_places,
    with_scores,
)
from greenroom.grading.monitoring.rules import BASE_AUDIT_RATE, RAISED_AUDIT_RATE
from greenroom.grading.monitoring.service import Watched
from greenroom.grading.monitoring.tables import retrainings, vectors
from greenroom.grading.registry import claims, linear
from greenroom.grading.registry.artefacts import Artefact, Artefacts
from greenroom.grading.registry.comparison import compare
from greenroom.grading.registry.errors import NotProven
from greenroom.grading.registry.invariance import SORTS, Suite
from greenroom.grading.registry.linear import LinearScorer
from greenroom.grading.registry.overlaps import Overlaps
from greenroom.grading.registry.protocols import Row, Score
from greenroom.grading.registry.rules import Live
from greenroom.grading.registry.service import Aliases, Origin, Registry
from greenroom.grading.registry.trials import Labelled
from greenroom.grading.service import Grader
from greenroom.grading.serving.loading import Models
from greenroom.grading.serving.service import Reference
from greenroom.grading.serving.tables import predictions
from greenroom.interview.tables import interviews
from greenroom.interview.training import Training
from greenroom.kernel.clock import ManualClock
from greenroom.platform.database import Address, Database
from greenroom.platform.settings import Settings

pytestmark = pytest.mark.anyio
START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
SEEDS = range(20)
SUITE = Suite(dict.fromkeys(SORTS, 40), dict.fromkeys(SORTS, 0), ())

GOOD = {
    "no-session": (
        "There is no session store on the server, the token itself carries everything.",
        "The server keeps no session record, because what is needed is inside the token.",
        "Nothing about the user is stored on the server between requests; it is in the token.",
        "The backend looks up no session since the token is self-contained.",
    ),
    "scale": (
        "Any instance can check the token by itself, so adding servers is easy.",
        "You can scale out horizontally, since every node only needs the key to verify the signature.",
        "It does not matter which server gets the request, because no shared session storage is needed.",
        "Adding another service is simple, as each one validates tokens independently.",
    ),
}
BAD = (
    "A token has three parts that are separated by dots.",
    "The browser sends a cookie along with each form.",
    "Every request looks the session up in a session table.",
    "All servers must share one session database to check the token.",
    "The header names the algorithm with which it was signed.",
    "It expires after some minutes and is then issued again.",
    "Sticky sessions are required so that the same server gets each request.",
    "Passwords are hashed with a slow function before they are stored.",
)
ENDINGS = ("", " That helps.", " It is the usual way.")


@dataclass
class World:
    """A Greenroom with one item, whose shipped model is too strict."""

    address: Address
    database: Database
    clock: ManualClock
    item: Item
    parts: Lifecycle
    training: Training

    @property
    def registry(self) -> Registry:
        return self.parts.registry

    async def answers(self, references: Sequence[Reference], texts: Sequence[str], *, every_s: float = 60) -> None:
        """Answers to the item's first point, read and written down one after the other."""
        point, rows, places = self.item.head.rubric[0], list[Any](), list[Any]()
        for reference, text in zip(references, texts, strict=True):
            reading = self.parts.desk.read([Row(self.item, point, text)], reference, self.clock.now())
            rows += reading.rows
            places += [reading.vector] if reading.vector is not None else []
            self.clock.advance(every_s)
        async with self.database.write() as connection:
            await connection.execute(predictions.insert(), rows)
            if places:
                await connection.execute(vectors.insert(), places)

    async def night(self) -> Watched:
        """The next day's first hour, in which the job is done."""
        now = self.clock.now()
        self.clock.advance((now.replace(hour=1, minute=0, second=0) + DAY - now).total_seconds())
        assert await self.parts.scheduler.run_once()
        assert not await self.parts.scheduler.run_once(), "it is done once an hour"
        return await self.parts.cycle.share(self.clock.now())


on_both = pytest.mark.parametrize("world", ["sqlite", "postgresql"], indirect=True)
"""For what rests on the database's transactions: the test runs on each sort of it."""


@pytest.fixture
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    address: Address = request.getfixturevalue("database_file")
    if getattr(request, "param", "sqlite") == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        address = server.new_migrated_database()
    async with opened(address, tmp_path, ManualClock(START)) as made:
        yield made


@asynccontextmanager
async def opened(address: Address, folder: Path, clock: ManualClock) -> AsyncIterator[World]:
    """One server of the Greenroom at *address*; several may be opened."""
    database, item = Database(address), concept_item(folder / "pack")
    settings = Settings(data_dir=folder, grader_canary=0.3, models_dir=folder / "models")
    training = Training(database, timedelta(days=settings.retrain_days))
    parts = open_lifecycle(settings, database, clock, Grader(lexical=True), [item], training.rows)
    strict = LinearScorer(linear_model("strict", lean=-6.0), Overlaps())
    parts.desk.models = Models(parts.registry, strict)
    try:
        yield World(address, database, clock, item, parts, training)
    finally:
        await parts.desk.close()
        await database.close()


def file_of_rows(folder: Path) -> Path:
    """Labelled rows, four of which cannot be used."""
    rows: list[dict[str, Any]] = []
    for point, good in GOOD.items():
        rest = [one for other, texts in GOOD.items() if other != point for one in texts]
        for ending in ENDINGS:
            rows += [{"point": point, "answer": one + ending, "state": "present"} for one in good]
            rows += [{"point": point, "answer": one + ending, "state": "absent"} for one in (*BAD, *rest)]
    rows += [
        {"point": "scale", "answer": "x", "state": "great"},
        {"point": "scale", "answer": "It scales.", "state": "present", "mark": 3},
        {"answer": "It scales.", "state": "present"},
    ]
    path = folder / "rows.jsonl"
    lines = [json.dumps({"item": "why-stateless", **row}) for row in rows]
    path.write_text("\n".join([*lines, "{no json"]), encoding="utf-8")
    return path


async def some_candidates(world: World) -> dict[str, User]:
    """Seven candidates who agreed, each with an answer of which a person decided."""
    found = {}
    for number, name in enumerate(("ada", "bea", "cem", "dan", "eve", "fay", "gus")):
        text = GOOD["scale"][number % 4] + f" As {name} says: quokka."
        found[name] = await candidate(world.database, name, text, name=name.title())
        await agree(world.training, found[name])
    return found


async def subject(world: World, user: User) -> str:
    async with world.database.read() as connection:
        name = await intake.subject_of(connection, user.id)
    assert name is not None
    return name


async def snapshots_of(world: World, name: str) -> set[str]:
    async with world.database.read() as connection:
        query = select(snapshot_rows.c.snapshot_id).where(snapshot_rows.c.subject == name)
        return set((await connection.execute(query)).scalars())


@on_both
async def test_all_ten_stages(world: World, tmp_path: Path) -> None:
    """Ingest, validate, train, evaluate, version, serve, log, monitor, promote, forget."""
    parts, database, item = world.parts, world.database, world.item
    people = await some_candidates(world)
    ada = await subject(world, people["ada"])
    # Ingest and validate: what cannot be used is in quarantine, with the reason.
    found = [*declared_rows([item]), *read_file(file_of_rows(tmp_path))]
    made = await parts.snapshots.ingest(
        found, world.clock.now(), personal=world.training.rows, public=public_texts([item])
    )
    assert made.snapshot is not None
    assert made.checked.read == len(found) + len(people)
    reasons = " | ".join(one["reason"] for one in await parts.snapshots.quarantine(made.snapshot.id))
    for reason in ("state: ", "unknown column 'mark'", "no column `point`", "no JSON"):
        assert reason in reasons
    # Train: what was learned is named with where it comes from, and reads beside the champion.
    model = await parts.trainer.train(made.snapshot.id, world.clock.now(), seed=3, name="first")
    assert (model.kind, model.origin.snapshot, model.origin.seed) == (claims.KIND, made.snapshot.id, 3)
    assert len(model.origin.lock_hash or "") == 64
    assert model.origin.git_commit
    file = json.loads(parts.registry.artefacts.read(model.artefact))
    assert {"seed", "lock_hash", "git_commit", "manifest_sha256", "curves"} <= set(file["about"])
    assert not any(word in json.dumps(file) for word in ("quokka", "session")), "weights, and nobody's words"
    # Evaluate: beside both baselines, with curves and what they say.
    told = model.metrics
    assert told["model"]["macro_f1"]["value"] > told["majority"]["macro_f1"]["value"] + 0.2
    assert told["curves"]["verdict"] in ("bias", "variance", "neither")
    assert told["candidates_trained_on"] == 7 - told["not_used"].get("reserved for trials", 0) or told["not_used"]
    assert [one["at"] for one in told["curves"]["validation"]] == [0.003, 0.03, 0.3, 3.0]
    # Version and serve: the challenger is loaded, and answers a share of what comes.
    serving = await parts.desk.models.refresh()
    assert (serving.champion.version, serving.challenger and serving.challenger.version) == ("strict", "first")
    references = await add_submissions(database, 730, START)
    texts = [(GOOD["no-session"] + BAD)[number % 12] for number in range(len(references))]
    await world.answers(references, texts)
    # Log: late labels join what was said, whenever they come.
    world.clock.advance(40 * DAY.total_seconds())
    for reference, text in list(zip(references, texts, strict=True))[:60]:
        truth = State.present if text in GOOD["no-session"] else State.absent
        await parts.desk.label(reference.submission_id, "no-session", "audit", truth, world.clock.now())
    last = await parts.desk.last(1000)
    assert sum(bool(one["labels"]) for one in last) == 60
    assert not any("server" in str(value) for one in last for value in one.values()), "no copy of a text"
    # Monitor.
    world.clock.advance(600)
    watched = await world.night()
    assert watched.audits > 20
    assert watched.figures["audited_f1"] < 0.9, "the shipped model is too strict"
    metrics = parts.desk.metrics.text().decode()
    for name in ("seconds_bucket", "errors_total", "queue", "abstention_ratio", "audited_f1", "override_ratio"):
        assert f"greenroom_grader_{name}" in metrics
    # Promote: every condition, then a person.
    before, _, _ = await parts.verdict("first")
    assert {one.name for one in before.checks if not one.met} == {"held-out rows", "invariance"}
    await parts.trial("first", trial_rows(item), world.clock.now())
    verdict, aliases, _ = await parts.verdict("first")
    assert verdict.promote, verdict.reasons
    await parts.registry.promote("first", verdict, world.clock.now(), champion=aliases.champion, by=None)
    assert (await parts.desk.models.refresh()).champion.version == "first"
    said = await parts.desk.score(item, item.head.rubric, GOOD["no-session"][0])
    assert (said.version, said.scores[0].state) == ("first", State.present)
    assert said.scores[0].evidence["quote"] in GOOD["no-session"][0]
    # Forget: the key is gone, the model is named, and a new one without the rows comes by itself.
    assert made.snapshot.id in await snapshots_of(world, ada)
    world.clock.advance(60)
    await withdraw(world.training, people["ada"], world.clock.now())
    facts = await parts.cycle.facts(world.clock.now())
    assert facts.outdated == {"first"}
    assert facts.erasure_due == world.clock.now() + timedelta(days=30)
    await world.night()
    aliases = await parts.registry.aliases()
    assert (aliases.champion, aliases.challenger is not None) == ("first", True)
    newest = await parts.registry.get(str(aliases.challenger))
    assert newest.origin.snapshot not in await snapshots_of(world, ada)
    assert (await parts.cycle.facts(world.clock.now())).outdated == {"first"}
    await world.night()
    assert await parts.registry.aliases() == aliases, "it is not trained again while it waits for a person"


def trial_rows(item: Item) -> list[Labelled]:
    """Rows that no model was trained on: six hundred and more, of seventy groups."""
    point = item.head.rubric[0]
    told = [(f"I think so: {one}", State.present) for one in GOOD["no-session"]]
    told += [(f"I think so: {one}", State.absent) for one in BAD[:2] + BAD[4:6] + BAD[7:]]
    return [
        Labelled(Row(item, point, text), state, f"group {number // 9}")
        for number in range(630)
        for text, state in [told[number % len(told)]]
    ]


async def test_rows_that_are_kept_for_trials_teach_nobody(world: World, tmp_path: Path) -> None:
    made = await world.parts.snapshots.ingest(read_file(file_of_rows(tmp_path)), START)
    assert made.snapshot is not None
    kept = await world.parts.held_out(made.snapshot.id)
    model = await world.parts.trainer.train(made.snapshot.id, START, challenger=False)
    assert model.metrics["not_used"]["reserved for trials"] == len(kept) >= 8
    assert model.metrics["examples"] + sum(model.metrics["not_used"].values()) == made.snapshot.taken
    assert await world.registry.aliases() == Aliases()


@on_both
async def test_an_erasure_during_the_training_is_not_in_the_model(world: World, tmp_path: Path) -> None:
    people, parts = await some_candidates(world), world.parts
    made = await parts.snapshots.ingest(read_file(file_of_rows(tmp_path)), START, personal=world.training.rows)
    assert made.snapshot is not None
    whole, tries = parts.trainer.fitted, []

    def fitted(content: Any, name: str, seed: int) -> Any:
        tries.append(content.erased)
        if len(tries) == 1:
            asyncio.run(_withdraw_elsewhere(world.address, people["ada"]))
            return None  # it is not looked at: somebody has withdrawn
        return whole(content, name, seed)

    parts.trainer.fitted = fitted  # type: ignore[method-assign]
    model = await parts.trainer.train(made.snapshot.id, START)
    assert tries == [0, 1]
    assert model.origin.snapshot == made.snapshot.id


async def _withdraw_elsewhere(address: Address, user: User) -> None:
    database = Database(address)
    try:
        await withdraw(Training(database, timedelta(days=30)), user, START)
    finally:
        await database.close()


# The watch


def drawn(rng: np.random.Generator, count: int, shift: float = 0.0) -> list[float]:
    """Scores as a model gives them: a normal value that is squashed into 0..1, moved by *shift* deviations."""
    return list(map(float, 1 / (1 + np.exp(-(rng.normal(size=count) + shift)))))


def first_alarm(seed: int, days: int, *, quiet_days: int = 0, shift: float = 0.0) -> int | None:
    """On which day the watch's own state alarms; None for never."""
    rng = np.random.default_rng(seed)
    state = score_state(drawn(rng, 2_000))
    for day in range(days):
        scores = drawn(rng, 80, shift if day >= quiet_days else 0.0)
        state = with_scores(state, [(f"{seed}/{day}/{at}", one) for at, one in enumerate(scores)])
        if state["drift"]["wealth"]["highest"] >= 1 / ALPHA:
            return day
    return None


def test_sixty_quiet_days_give_at_most_one_false_alarm_in_twenty() -> None:
    assert sum(first_alarm(seed, 60) is not None for seed in SEEDS) <= 1


def test_a_shift_of_two_fifths_of_a_deviation_is_found_within_a_week() -> None:
    found = [first_alarm(seed, 27, quiet_days=20, shift=0.4) for seed in SEEDS]
    assert sum(one is not None and one >= 20 for one in found) >= 19


async def test_a_shift_in_the_database_raises_the_audits(world: World) -> None:
    parts, rng = world.parts, np.random.default_rng(11)
    parts.desk.models = Models(world.registry, Stream())
    await parts.monitor.begin("stream", drawn(np.random.default_rng(3), 2_000), 0.15, START)
    references = await add_submissions(world.database, 11 * 80, START)
    days = [references[at : at + 80] for at in range(0, len(references), 80)]
    for day in days[:4]:
        await world.answers(day, list(map(repr, drawn(rng, 80))))
        calm = await world.night()
    assert (calm.score_alarm, parts.desk.audit_rate) == (False, BASE_AUDIT_RATE)
    assert calm.look.score_psi is not None
    assert calm.look.score_psi_threshold is not None
    assert calm.look.score_psi < calm.look.score_psi_threshold
    for day in days[4:]:
        await world.answers(day, list(map(repr, drawn(rng, 80, 0.4))))
        moved = await world.night()
    assert (moved.score_alarm, parts.desk.audit_rate) == (True, RAISED_AUDIT_RATE)
    assert moved.look.score_psi > moved.look.score_psi_threshold  # type: ignore[operator]
    assert not moved.error_alarm, "a drift of what comes in says nothing of errors"
    again = await parts.monitor.look("stream", world.clock.now())
    assert again.as_json() == moved.as_json(), "what was taken in is not taken in twice"
    names = [one["day"] for one in moved.days]
    assert names == sorted(set(names)), "a day stands once in what is looked at later"
    assert names[-1] == f"{world.clock.now() - DAY:%Y-%m-%d}"
    assert moved.days[-1]["scores"] > 1 / ALPHA > max(one["scores"] for one in moved.days if one["day"] < names[-8])
    assert moved.days[-1] | {"texts": 1.0, "errors": 1.0} == moved.days[-1], "there is no reference for those"
    shares = await parts.monitor.shares("stream", world.clock.now())
    assert shares is not None
    assert [round(sum(one), 6) for one in shares] == [1.0, 1.0]
    assert sum(shares[1][5:]) > sum(shares[0][5:]) + 0.05, "the scores have moved upwards"
    text = parts.desk.metrics.text().decode()
    assert "greenroom_grader_audit_ratio 0.1" in text
    assert "greenroom_grader_score_psi " in text


def places(rng: np.random.Generator, count: int, lean: float = 0.0) -> list[bytes]:
    """Unit vectors about one subject; *lean* moves them towards another."""
    rows = rng.normal(size=(count, 384)) * 0.25
    rows[:, 0] += 1.0
    rows[:, 1] += lean
    return [one.astype(np.float16).tobytes() for one in rows / np.linalg.norm(rows, axis=1, keepdims=True)]


def test_texts_about_something_else_are_found_by_their_places_alone() -> None:
    rng = np.random.default_rng(2)
    state = begin_places(score_state([]), places(rng, FEWEST_PLACES))
    assert "places" not in begin_places(score_state([]), places(rng, 30))
    for lean, expected in ((0.0, False), (2.0, True)):
        for day in range(7):
            state = with_places(state, [(f"{lean}/{day}/{at}", one) for at, one in enumerate(places(rng, 80, lean))])
        assert ScoreDrift.from_json(state["places"]).wealth.alarm() is expected


@on_both
async def test_places_are_kept_without_a_text_and_looked_at(world: World) -> None:
    rng, references = np.random.default_rng(2), await add_submissions(world.database, 120, START)
    parts, found = world.parts, iter(places(rng, 60) + places(rng, 60, 2.0))
    parts.desk._vector = lambda _text: next(found)
    await world.answers(references[:60], [GOOD["scale"][0]] * 60)
    assert (await world.night()).look.text_mmd_p == 1.0, "the first ones are the reference"
    world.clock.advance(8 * DAY.total_seconds())
    await world.answers(references[60:], [GOOD["scale"][0]] * 60)
    moved = await world.night()
    assert moved.text_rows == 120
    assert moved.look.text_mmd_p is not None
    assert moved.look.text_mmd_p <= 0.01
    async with world.database.write() as connection:
        (row, *_) = (await connection.execute(select(vectors))).all()
        assert (set(row._mapping), len(row.vector)) == ({"submission_id", "version", "vector", "created_at"}, 768)
        await connection.execute(delete(interviews))
        assert (await connection.execute(select(vectors))).all() == [], "they go with the interview"


async def test_errors_that_audits_find_make_a_new_model_once(world: World, tmp_path: Path) -> None:
    parts = world.parts
    await parts.snapshots.ingest(read_file(file_of_rows(tmp_path)), START)
    references = await add_submissions(world.database, 120, START)
    await parts.monitor.begin("strict", (), 0.1, START)
    await world.answers(references, [GOOD["no-session"][number % 4] for number in range(120)])
    for reference in references:
        await parts.desk.label(reference.submission_id, "no-session", "audit", State.contradicted, world.clock.now())
    world.clock.advance(600)
    watched = await world.night()
    assert watched.error_alarm
    async with world.database.read() as connection:
        (asked,) = (await connection.execute(select(retrainings))).all()
    assert {one["code"] for one in asked.reasons} == {"errors"}
    (told,) = await parts.monitor.retrainings(10)
    assert (told["reasons"], told["done_at"]) == (asked.reasons, None)
    (made,) = await parts.registry.every()
    assert await parts.registry.aliases() == Aliases(challenger=made.version)
    await world.night()
    assert len(await parts.registry.every()) == 1


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
async def test_two_servers_make_one_model_of_one_reason(world: World, tmp_path: Path) -> None:
    await world.parts.snapshots.ingest(read_file(file_of_rows(tmp_path)), START)
    references = await add_submissions(world.database, 120, START)
    await world.parts.monitor.begin("strict", (), 0.1, START)
    await world.answers(references, [GOOD["no-session"][number % 4] for number in range(120)])
    for reference in references:
        await world.parts.desk.label(
            reference.submission_id, "no-session", "audit", State.contradicted, world.clock.now()
        )
    world.clock.advance(DAY.total_seconds())
    async with opened(world.address, tmp_path, world.clock) as other:
        done = await asyncio.gather(world.parts.scheduler.run_once(), other.parts.scheduler.run_once())
        assert sorted(done) == [False, True]
        (made,) = await other.registry.every()
        assert await world.registry.aliases() == Aliases(challenger=made.version)


class Stream:
    """A model whose scores are drawn: each answer's text is its score."""

    version = "stream"

    def score(self, asked: Sequence[Row]) -> list[Score]:
        return [self._one(float(row.answer)) for row in asked]

    def _one(self, value: float) -> Score:
        state = State.present if value >= 0.5 else State.absent
        return Score(state, max(value, 1 - value), value, False, {}, "f" * 64)


# Promotion and the way back


async def test_a_worse_challenger_is_never_promoted(world: World) -> None:
    await add(world.registry, "worse", seed=1)
    await world.registry.nominate("worse", START)
    live = Live(shadow=520, canary=120)
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        comparison = compare(held_out(rng, 0.80, 0.77, 660), rng)
        await world.registry.note_trial("worse", "strict", comparison, SUITE, START)
        verdict = await world.registry.verdict("worse", "strict", live)
        assert not verdict.promote
        with pytest.raises(NotProven):
            await world.registry.promote("worse", verdict, START, champion=None, by=None)
    assert (await world.registry.aliases()).champion is None
    rng = np.random.default_rng(1)
    await world.registry.note_trial("worse", "strict", compare(held_out(rng, 0.70, 0.88, boast=0.1), rng), SUITE, START)
    assert (await world.registry.verdict("worse", "strict", live)).promote, "control: a better one is"


@on_both
async def test_a_rollback_reads_no_model_and_takes_a_few_statements(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registry, models = world.registry, world.parts.desk.models
    for number, name in enumerate(("first", "second")):
        await add(registry, name, seed=number)
        await crown(registry, name, "first" if number else None)
        await models.refresh()
    reads: list[str] = []
    whole = Artefacts.read

    def read(self: Artefacts, artefact: Artefact) -> bytes:
        reads.append(artefact.file)
        return whole(self, artefact)

    monkeypatch.setattr(Artefacts, "read", read)
    statements: list[str] = []
    engines = {one.sync_engine for one in (world.database._adapter.writer, world.database._adapter.reader)}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", lambda _c, _k, sql, *_rest: statements.append(sql))
    began = time.perf_counter()
    await registry.roll_back(START, by=None, reason="errors")
    serving = await models.refresh()
    took = time.perf_counter() - began
    assert serving.champion.version == "first"
    assert reads == []
    assert 0 < len(statements) <= 12, statements
    with capsys.disabled():
        print(f"\n[rollback and swap: {1000 * took:.1f} ms, {len(statements)} statements]", end="")


@on_both
async def test_a_champion_that_fails_is_rolled_back_by_the_job(world: World) -> None:
    parts = world.parts
    await add(world.registry, "new", seed=1)
    await crown(world.registry, "new")
    await parts.desk.models.refresh()
    broken = replace(parts.desk.models.now.champion, scorer=_Broken())
    parts.desk.models.now = replace(parts.desk.models.now, champion=broken)
    world.clock.advance(DAY.total_seconds())
    await world.answers(await add_submissions(world.database, 60, START), [BAD[0]] * 60)
    await world.night()
    assert await world.registry.aliases() == Aliases()
    assert parts.desk.models.now.champion.shipped
    (move, *_) = await world.registry.history()
    assert (move["sort"], move["before"], move["after"], move["moved_by"]) == ("rollback", "new", None, None)
    assert "60 of 60 answers failed" in move["reason"]


class _Broken:
    version = "new"

    def score(self, asked: Sequence[Row]) -> list[Score]:
        raise RuntimeError("no")


@on_both
async def test_a_crash_at_each_step_of_versioning_leaves_a_champion_that_loads(world: World, tmp_path: Path) -> None:
    await add(world.registry, "champion")
    await crown(world.registry, "champion")
    seen = []
    for number, step in enumerate(STEPS):

        def crash(name: str, fatal: str = step) -> None:
            seen.append(name)
            if name == fatal:
                raise RuntimeError(fatal)

        registry = registry_in(world.database, tmp_path, crash)
        version, before = f"next-{number}", (await world.registry.aliases()).champion
        with pytest.raises(RuntimeError, match=step):
            await add(registry, version, seed=number + 1)
            await registry.nominate(version, START)
            await registry.promote(version, GOOD_VERDICT, START, champion=before, by=None)
        again = Models(registry_in(world.database, tmp_path), Stream())
        serving = await again.refresh()
        assert serving.trouble == ""
        assert serving.champion.version == (version if step == "move committed" else before)
        for record in await world.registry.every():  # a row is never without its file
            assert world.registry.load(record).version == record.version
    assert set(seen) == set(STEPS)


async def test_a_model_of_claims_is_checked_when_it_is_loaded(world: World) -> None:
    width = len(NAMES)
    model = claims.claim_model(
        "one", "lexical", np.zeros(width), np.ones(width), np.linspace(-1, 1, width), 0.5, {"seed": 0}
    )
    content = claims.to_bytes(model)
    assert claims.from_bytes(content).fused
    changes: tuple[tuple[str, Any], ...] = (("kind", linear.KIND), ("encoder", "another"), ("thresholds", {}))
    for name, value in changes:
        changed = json.dumps({**json.loads(content), name: value}).encode()
        with pytest.raises(Exception, match=r"model|encoder"):
            await world.registry.register("one", claims.KIND, changed, origin=Origin(), metrics={}, now=START)
    assert await world.registry.every() == []
    await world.registry.register("one", claims.KIND, content, origin=Origin(), metrics={}, now=START)
