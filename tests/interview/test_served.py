"""Answers in words are read by the model that is served, and what was said is written down by reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.grading.models import GOOD
from tests.grading.registry.test_registry import add, crown, registry_in
from tests.interview.builders import START

from greenroom.bank.models import Topic
from greenroom.grading.service import Grader
from greenroom.grading.serving.builtin import Builtin
from greenroom.grading.serving.loading import Models
from greenroom.grading.serving.service import Desk
from greenroom.grading.serving.tables import predictions
from greenroom.interview.answering import Answering, Result
from greenroom.interview.service import Interviews
from greenroom.kernel.clock import ManualClock
from greenroom.platform.database import Database

pytestmark = pytest.mark.anyio
NO_JUDGE: Any = None


async def answered(interviews: Interviews, desk: Desk | None, grader: Grader, user: str, clock: ManualClock) -> Result:
    made = await interviews.create(user, topics=[Topic.jwt], minutes=10, level="mixed", seed=1, now=START)
    one = await interviews.begin(user, made.id, START)
    assert one is not None
    submission = await interviews.submit(user, one.id, text=GOOD, token="t", now=START)
    answering = Answering(interviews.database, interviews.catalogue, NO_JUDGE, grader, clock, desk=desk)
    result = await answering.answer(submission)
    assert result is not None
    return result


async def test_the_served_model_answers_and_the_shipped_one_says_what_it_always_said(
    database: Database, interviews: Interviews, user: str, clock: ManualClock, tmp_path: Path
) -> None:
    grader = Grader()
    registry = registry_in(database, tmp_path)
    desk = Desk(database, Models(registry, Builtin(grader)))
    without = await answered(interviews, None, grader, user, clock)
    async with database.read() as connection:
        assert (await connection.execute(select(predictions))).all() == []
    assert (await answered(interviews, desk, grader, user, clock)).body == without.body
    await add(registry, "new")
    await crown(registry, "new")
    await desk.models.refresh()
    served = await answered(interviews, desk, grader, user, clock)
    assert served.body["grader"] == {"version": "new", "encoder": grader.encoder}
    assert [one["state"] for one in served.body["findings"]] == ["present", "present"]
    async with database.read() as connection:
        logged = (await connection.execute(select(predictions))).all()
    assert sorted(row.version for row in logged) == sorted(["new", desk.models.shipped.version] * 2)
    assert len({row.cluster for row in logged}) == 2
