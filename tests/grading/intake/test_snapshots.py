"""Snapshots in a real database, SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, update

from greenroom.grading.intake.errors import ContractBroken, SnapshotDamaged
from greenroom.grading.intake.learning import labelled_answers, points
from greenroom.grading.intake.schemas import Found
from greenroom.grading.intake.service import Snapshots
from greenroom.grading.intake.tables import snapshot_rows, training_snapshots
from greenroom.kernel.errors import NotFoundError
from greenroom.platform.database import Database

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def rows(count: int = 1200) -> list[Found]:
    return [
        Found("file", f"line {number}", {"item": "i", "point": "p", "answer": f"answer {number}", "state": state})
        for number, state in zip(range(count), ("present", "absent") * count, strict=False)
    ]


@pytest.fixture
def snapshots(database: Database) -> Snapshots:
    return Snapshots(database)


async def test_what_is_ingested_is_read_again_and_verified(snapshots: Snapshots) -> None:
    odd = Found("file", "line x", {"item": "i", "answer": "\0 and \ud83d\ude00", "point": "p", "state": "?"})
    made = await snapshots.ingest([*rows(), odd], NOW)
    assert made.snapshot is not None
    content = await snapshots.read(made.snapshot.id)
    assert {one.row.answer for one in content.rows} == {f"answer {number}" for number in range(1200)}
    assert (content.sha256, content.erased) == (made.snapshot.manifest_sha256, 0)
    assert [one.as_json()["taken"] for one in await snapshots.every()] == [1200]
    assert [one["place"] for one in await snapshots.quarantine(made.snapshot.id)] == ["line x"]


async def test_a_nul_in_an_answer_is_kept(snapshots: Snapshots) -> None:
    answer = Found("file", "line 1", {"item": "i", "point": "p", "answer": "a\0b é 😀", "state": "present"})
    made = await snapshots.ingest([answer], NOW)
    assert made.snapshot is not None
    assert [one.row.answer for one in (await snapshots.read(made.snapshot.id)).rows] == ["a\0b é 😀"]


async def test_a_fit_takes_the_rows_as_the_scorer_does(snapshots: Snapshots) -> None:
    short = {"question_id": 7, "question": "?", "references": ["r"], "answer": "a", "label": "Correct", "domain": "d"}
    made = await snapshots.ingest([*rows(2), Found("file", "line 9", short)], NOW)
    assert made.snapshot is not None
    content = await snapshots.read(made.snapshot.id)
    (answer,) = labelled_answers(content)
    assert (answer.question_id, answer.normal_label, answer.domain) == ("7", "correct", "d")
    assert sorted((row.state, subject) for row, subject in points(content)) == [("absent", None), ("present", None)]


async def test_a_dry_run_stores_nothing(snapshots: Snapshots) -> None:
    made = await snapshots.ingest(rows(10), NOW, dry_run=True)
    assert (made.snapshot, made.checked.read) == (None, 10)
    assert await snapshots.every() == []


async def test_a_broken_contract_stores_nothing(snapshots: Snapshots) -> None:
    with pytest.raises(ContractBroken) as caught:
        await snapshots.ingest([], NOW)
    assert caught.value.exit_code == 1
    assert await snapshots.every() == []


async def test_a_snapshot_that_is_not_there(snapshots: Snapshots) -> None:
    with pytest.raises(NotFoundError):
        await snapshots.read("none")


@pytest.mark.parametrize("harm", ["row", "less", "manifest"])
async def test_a_change_in_the_database_is_seen(snapshots: Snapshots, harm: str) -> None:
    made = await snapshots.ingest(rows(20), NOW)
    assert made.snapshot is not None
    statements: dict[str, Any] = {
        "row": update(snapshot_rows).where(snapshot_rows.c.position == 7).values(body="{}"),
        "less": delete(snapshot_rows).where(snapshot_rows.c.position == 19),
        "manifest": update(training_snapshots).values(manifest="{}"),
    }
    async with snapshots.database.write() as connection:
        await connection.execute(statements[harm])
    with pytest.raises(SnapshotDamaged):
        await snapshots.read(made.snapshot.id)
