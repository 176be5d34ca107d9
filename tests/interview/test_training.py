"""Who lets the grader learn: agreed and withdrawn, their rows, and that what was erased cannot be had again."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from tests.grading.models import linear_model
from tests.grading.registry.test_registry import crown, registry_in
from tests.interview.builders import START

from greenroom.accounts.audit import NOWHERE, entries
from greenroom.accounts.rules import User
from greenroom.accounts.tables import users
from greenroom.grading.intake import queries as intake
from greenroom.grading.intake.errors import ConsentOutdated
from greenroom.grading.intake.rules import CONSENT_VERSION
from greenroom.grading.intake.schemas import Found
from greenroom.grading.intake.service import Snapshots
from greenroom.grading.intake.tables import snapshot_rows, subject_keys, training_consents
from greenroom.grading.monitoring.rules import retraining_reasons
from greenroom.grading.registry.linear import KIND, to_bytes
from greenroom.grading.registry.service import Origin
from greenroom.grading.scheduling.loop import known_facts
from greenroom.interview.tables import disputes, interviews, rounds, submissions
from greenroom.interview.training import Training
from greenroom.kernel.errors import NotFoundError
from greenroom.platform.database import Database

pytestmark = pytest.mark.anyio
WITHIN = timedelta(days=30)
BANK = [
    Found("bank", f"{answer} {state}", {"item": "why-stateless", "point": "scale", "answer": answer, "state": state})
    for answer, state in (("Nothing is kept on the server.", "present"), ("I do not know.", "absent"))
]
ANSWER = "Nothing is kept, says Ada Zanzibar (ada@example.org)."


@pytest.fixture
def training(database: Database) -> Training:
    return Training(database, WITHIN)


@pytest.fixture
def snapshots(database: Database) -> Snapshots:
    return Snapshots(database, retrain_within=WITHIN)


def signed_in(user_id: str) -> User:
    return User(user_id, "Ada Zanzibar", "session")


async def candidate(
    database: Database, user_id: str, answer: str = ANSWER, *, name: str = "Ada Zanzibar", **changes: Any
) -> User:
    """Somebody with an answer of which an admin has decided that it states a point."""
    round_row = {
        "id": f"round-{user_id}", "interview_id": f"interview-{user_id}", "position": 0, "item": "why-stateless",
        "item_version": 3, "title": "Why", "topic": "jwt", "kind": changes.get("kind", "concept"), "limit_s": 60,
    }  # fmt: skip
    interview_row = {
        "id": f"interview-{user_id}", "user_id": user_id, "state": "finished", "topics": ["jwt"], "minutes": 10,
        "level": "mixed", "seed": 1, "created_at": START,
    }  # fmt: skip
    submission_row = {
        "id": f"submission-{user_id}", "round_id": f"round-{user_id}", "token": "t", "text": answer,
        "sort": changes.get("sort", "answer"), "created_at": START, "state": "done",
    }  # fmt: skip
    dispute_row = {
        "id": f"dispute-{user_id}", "round_id": f"round-{user_id}", "submission_id": f"submission-{user_id}",
        "point": "scale", "text": "I said so", "state": changes.get("state", "accepted"), "created_at": START,
        "decided_at": START, "finding_state": changes.get("finding_state", "present"), "earned": 1.0,
    }  # fmt: skip
    async with database.write() as connection:
        row = {"id": user_id, "name": name, "email": f"{user_id}@example.org", "created_at": START}
        await connection.execute(insert(users).values(row))
        for table, values in (
            (interviews, interview_row), (rounds, round_row), (submissions, submission_row), (disputes, dispute_row),
        ):  # fmt: skip
            await connection.execute(insert(table).values(values))
    return signed_in(user_id)


async def agree(training: Training, user: User, now: datetime = START) -> None:
    await training.decide(user, given=True, source=NOWHERE, now=now)


async def withdraw(training: Training, user: User, now: datetime = START) -> None:
    await training.decide(user, given=False, source=NOWHERE, now=now)


async def ingest(snapshots: Snapshots, training: Training, public: tuple[str, ...] = ()) -> str:
    made = await snapshots.ingest(BANK, START, personal=training.rows, public=public)
    assert made.snapshot is not None
    return made.snapshot.id


async def subjects_in(snapshots: Snapshots, snapshot_id: str) -> list[str | None]:
    async with snapshots.database.read() as connection:
        rows = await connection.execute(
            select(snapshot_rows.c.subject).where(snapshot_rows.c.snapshot_id == snapshot_id)
        )
        return [one for one in rows.scalars() if one is not None]


async def subject_of(training: Training, user: User) -> str:
    async with training.database.read() as connection:
        found = await intake.subject_of(connection, user.id)
    assert found is not None
    return found


async def test_nothing_is_agreed_until_somebody_does(training: Training, snapshots: Snapshots) -> None:
    ada = await candidate(training.database, "ada")
    view = await training.consent(ada)
    assert (view.given, view.version, view.given_at) == (False, None, None)
    assert await subjects_in(snapshots, await ingest(snapshots, training)) == []
    await agree(training, ada)
    view = await training.consent(ada)
    assert (view.given, view.version, view.given_at) == (True, CONSENT_VERSION, START)
    assert await subjects_in(snapshots, await ingest(snapshots, training)) == [await subject_of(training, ada)]


async def test_deciding_is_audited_once_and_kept_with_its_version_and_time(training: Training) -> None:
    ada = await candidate(training.database, "ada")
    later, last = START + timedelta(hours=1), START + timedelta(hours=2)
    for _ in range(2):
        await agree(training, ada)
    for _ in range(2):
        await withdraw(training, ada, later)
    await agree(training, ada, last)
    said = [one.action for one in await entries(training.database, subject=ada.id)]
    assert said[::-1] == ["training-agreed", "training-withdrawn", "training-agreed"]
    async with training.database.read() as connection:
        kept = await intake.consents(connection, ada.id)
    assert [(one.version, one.given_at, one.withdrawn_at) for one in kept] == [
        (CONSENT_VERSION, START, later),
        (CONSENT_VERSION, last, None),
    ]


async def test_ten_tabs_agree_once(training: Training) -> None:
    ada = await candidate(training.database, "ada")
    await asyncio.gather(*(agree(training, ada) for _ in range(10)))
    async with training.database.read() as connection:
        assert len(await intake.consents(connection, ada.id)) == 1


async def test_another_text_needs_another_consent(training: Training, snapshots: Snapshots) -> None:
    ada = await candidate(training.database, "ada")
    with pytest.raises(ConsentOutdated):
        await training.decide(ada, given=True, version=CONSENT_VERSION + 1, source=NOWHERE, now=START)
    await agree(training, ada)
    async with training.database.write() as connection:
        await connection.execute(update(training_consents).values(version=CONSENT_VERSION - 1))
    assert not (await training.consent(ada)).given
    assert await subjects_in(snapshots, await ingest(snapshots, training)) == []
    await agree(training, ada)
    assert len(await subjects_in(snapshots, await ingest(snapshots, training))) == 1


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"state": "rejected"}, 0), ({"state": "open"}, 0), ({"finding_state": "met"}, 0), ({"kind": "code"}, 0),
        ({"kind": "code", "sort": "follow-up"}, 1), ({"finding_state": "contradicted"}, 1),
    ],
)  # fmt: skip
async def test_only_what_a_person_decided_of_words_is_a_row(
    training: Training, changes: dict[str, str], count: int
) -> None:
    await agree(training, await candidate(training.database, "ada", **changes))
    async with training.database.read() as connection:
        assert len(await training.rows(connection)) == count


async def test_a_row_is_scrubbed_and_its_rare_terms_are_masked(training: Training, snapshots: Snapshots) -> None:
    await agree(training, await candidate(training.database, "ada", ANSWER + " My quokka scales."))
    content = await snapshots.read(await ingest(snapshots, training, ("my scales",)))
    (kept,) = [one for one in content.rows if one.subject is not None]
    assert kept.row.answer == "Nothing is kept, [term] [name] ([e-mail]). My [term] scales."
    assert kept.row.model_dump()["item_version"] == 3
    (entry,) = [one for one in content.manifest["rows"] if "subject" in one]
    assert (entry["consent_version"], entry["item_version"]) == (CONSENT_VERSION, 3)


async def every_byte(database: Database, folder: Path) -> bytes:
    """Every value of every table, and every byte of the files where the database is one."""
    async with database.read() as connection:
        if connection.dialect.name == "sqlite":
            return b"".join(path.read_bytes() for path in sorted(folder.glob("greenroom.db*")))
        names = (
            await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        ).scalars()
        found = []
        for name in names.all():
            found += [repr(row) for row in await connection.execute(text(f'SELECT * FROM "{name}"'))]
        return "\n".join(found).encode()


@pytest.mark.parametrize("way", ["withdrawn", "account-deleted", "by-admin", "key-gone"])
async def test_what_was_erased_is_in_no_later_snapshot_and_cannot_be_read_in_earlier_ones(
    training: Training, snapshots: Snapshots, way: str, tmp_path: Path
) -> None:
    ada = await candidate(training.database, "ada", "Nothing is kept on the tokens.")
    bob = await candidate(training.database, "bob", "I do not know of tokens.", name="Bob")
    for one in (ada, bob):
        await agree(training, one)
    before, subject = await ingest(snapshots, training), await subject_of(training, ada)
    async with training.database.read() as connection:
        key = (await intake.keys(connection, [subject]))[subject]
    assert len((await snapshots.read(before)).rows) == 4
    assert key in await every_byte(training.database, tmp_path) or training.database.shared
    await _erase(training, ada, way)
    content, after = await snapshots.read(before), await ingest(snapshots, training)
    assert (len(content.rows), content.erased) == (3, 1)
    assert await subjects_in(snapshots, after) == [await subject_of(training, bob)]
    assert await snapshots.affected(subject) == [before]
    (noted,) = await snapshots.erasures(START)
    assert (noted.subject, noted.reason, noted.snapshots, noted.retrain_by) == (subject, way, (before,), START + WITHIN)
    (due,) = await snapshots.due([("model-1", before), ("model-2", after)], START)
    assert (due.model, due.retrain_by, due.subjects) == ("model-1", START + WITHIN, (subject,))
    left = await every_byte(training.database, tmp_path)
    assert key not in left
    assert repr(key).encode() not in left
    if way in ("account-deleted", "key-gone"):  # else their own answer is still theirs
        assert b"Nothing is kept on the tokens." not in left


async def _erase(training: Training, user: User, way: str) -> None:
    if way == "withdrawn":
        await withdraw(training, user)
    elif way == "by-admin":
        assert await training.forget(f"{user.id}@example.org", actor=None, source=NOWHERE, now=START) is not None
    else:
        async with training.database.write() as connection:
            if way == "account-deleted":
                await training.leaving(connection, user.id, START)
            await connection.execute(delete(users).where(users.c.id == user.id))
        await training.left()


async def test_who_agrees_again_is_somebody_new(training: Training, snapshots: Snapshots) -> None:
    ada = await candidate(training.database, "ada")
    await agree(training, ada)
    first, before = await subject_of(training, ada), await ingest(snapshots, training)
    await withdraw(training, ada)
    await agree(training, ada)
    after = await ingest(snapshots, training)
    assert first != await subject_of(training, ada)
    assert (await snapshots.read(before)).erased == 1
    ids = [
        {row["id"] for row in (await snapshots.read(one)).manifest["rows"] if "subject" in row}
        for one in (before, after)
    ]
    assert not ids[0] & ids[1]


async def test_who_was_in_no_snapshot_needs_no_retraining(training: Training, snapshots: Snapshots) -> None:
    ada = await candidate(training.database, "ada")
    await agree(training, ada)
    await withdraw(training, ada)
    (noted,) = await snapshots.erasures(START)
    assert (noted.snapshots, noted.retrain_by) == ((), None)


async def test_who_withdraws_while_a_snapshot_is_made_is_not_in_it(training: Training, snapshots: Snapshots) -> None:
    ada = await candidate(training.database, "ada")
    await agree(training, ada)
    asked = 0

    async def rows(connection: Any) -> list[Found]:
        nonlocal asked
        asked += 1
        found = await training.rows(connection)
        if asked == 1:
            await withdraw(training, ada)
        return found

    made = await snapshots.ingest(BANK, START, personal=rows)
    assert made.snapshot is not None
    assert await subjects_in(snapshots, made.snapshot.id) == []
    assert asked == 2


async def test_withdrawing_beside_an_ingestion_is_never_missed(training: Training, snapshots: Snapshots) -> None:
    for number in range(5):
        one = await candidate(training.database, f"user{number}", f"Nothing is kept, {number}.")
        await agree(training, one)
        subject = await subject_of(training, one)
        made, _ = await asyncio.gather(ingest(snapshots, training), withdraw(training, one))
        async with training.database.read() as connection:
            assert await intake.subject_of(connection, one.id) is None
        (noted,) = [each for each in await snapshots.erasures(START) if each.subject == subject]
        content = await snapshots.read(made)
        # Either it was too late for the snapshot, or the erasure knows of it.
        assert (content.erased, list(noted.snapshots)) in ((0, []), (1, [made]))


async def test_looking_first_changes_nothing(training: Training, snapshots: Snapshots) -> None:
    ada = await candidate(training.database, "ada")
    await agree(training, ada)
    made = await ingest(snapshots, training)
    would = await training.forgettable("ada@example.org")
    assert (would.user_id, would.subject, would.snapshots) == ("ada", await subject_of(training, ada), (made,))
    assert (await snapshots.read(made)).erased == 0
    with pytest.raises(NotFoundError):
        await training.forgettable("nobody@example.org")
    with pytest.raises(NotFoundError):
        await training.forget("nobody", actor=None, source=NOWHERE, now=START)


async def test_a_deleted_user_leaves_no_key_behind(training: Training) -> None:
    await agree(training, await candidate(training.database, "ada"))
    async with training.database.write() as connection:
        await connection.execute(delete(users).where(users.c.id == "ada"))
        assert (await connection.execute(select(subject_keys))).all() == []


async def test_the_job_asks_for_a_new_model_where_the_champion_knows_what_was_erased(
    training: Training, snapshots: Snapshots, tmp_path: Path
) -> None:
    ada = await candidate(training.database, "ada")
    await agree(training, ada)
    registry = registry_in(training.database, tmp_path)
    origin = Origin(snapshot=await ingest(snapshots, training))
    await registry.register("new", KIND, to_bytes(linear_model("new")), origin=origin, metrics={}, now=START)
    await crown(registry, "new")
    assert (await known_facts(training.database, registry, snapshots, START)).erasure_due is None
    later = START + timedelta(days=3)
    await withdraw(training, ada, later)
    facts = await known_facts(training.database, registry, snapshots, later)
    assert facts.erasure_due == later + WITHIN
    assert [one.code for one in retraining_reasons(facts)] == ["erasure"]
    await registry.roll_back(later, by=None, reason="so that the shipped one answers")
    assert (await known_facts(training.database, registry, snapshots, later)).erasure_due is None
