"""Answers in words are read by the model that is served, and what was said is written down by reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.grading.models import GOOD
from tests.grading.registry.test_registry import add, crown, registry_in
from tests.interview.builders import START
from tests.items import STARTER_DESIGN, write, write_design_item, write_pack

from greenroom.bank.loader import load_pack
from greenroom.bank.models import Item, Topic
from greenroom.grading.service import Grader
from greenroom.grading.serving.builtin import Builtin
from greenroom.grading.serving.loading import Models
from greenroom.grading.serving.service import Desk
from greenroom.grading.serving.tables import predictions
from greenroom.interview.answering import Answering, Result
from greenroom.interview.catalogue import Catalogue
from greenroom.interview.designs import words_of
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


REASONED = STARTER_DESIGN.replace("Not yet.", GOOD)
CLAIM = """\
  - id: no-session
    points: 1
    title: No session is kept
    claim: The server keeps no session; the token carries what is needed.
    follow_up: {ask: And how do you log out?, claim: The token is short-lived.}
"""


@pytest.fixture
def design(tmp_path: Path) -> Item:
    """A design with a point that its reasons are read for."""
    root = tmp_path / "designs"
    write_pack(root)
    folder = root / "items" / "ml-systems" / "keep-the-shop-open"
    write_design_item(folder)
    write(folder / "item.yaml", (folder / "item.yaml").read_text(encoding="utf-8") + CLAIM)
    notes = (folder / "interviewer.md").read_text(encoding="utf-8")
    write(folder / "interviewer.md", f"{notes}- `no-session`: …\n")
    (item,) = load_pack(root).items
    return item


async def test_reasons_of_a_design_are_read_by_the_served_model_and_written_down(
    database: Database, design: Item, user: str, clock: ManualClock, tmp_path: Path
) -> None:
    interviews = Interviews(database, Catalogue([load_pack(tmp_path / "designs")]), queue_limit=3)
    grader, registry = Grader(), registry_in(database, tmp_path)
    desk = Desk(database, Models(registry, Builtin(grader)))
    answering = Answering(database, interviews.catalogue, NO_JUDGE, grader, clock, desk=desk)

    async def answer(text: str) -> dict[str, Any]:
        made = await interviews.create_with(user, [design], now=START)
        one = await interviews.begin(user, made.id, START)
        assert one is not None
        result = await answering.answer(await interviews.submit(user, one.id, text=text, token="t", now=START))
        assert result is not None
        return result.body

    async def logged() -> list[Any]:
        async with database.read() as connection:
            return list(await connection.execute(select(predictions)))

    shipped = await answer(REASONED)
    by_point = {one["point"]: one for one in shipped["findings"]}
    assert list(by_point) == ["estimates", "steady", "bottleneck", "no-session"]
    assert by_point["no-session"] == grader.grade(design, words_of(design, REASONED))[0].model_dump(mode="json")
    await add(registry, "new")
    await crown(registry, "new")
    await desk.models.refresh()
    served = await answer(REASONED)
    assert served["grader"] == {"version": "new", "encoder": grader.encoder}
    assert served["run"]
    first, second = sorted(await logged(), key=lambda row: row.version == "new")
    assert (first.version, second.version) == (desk.models.shipped.version, "new")
    assert {(row.item, row.point, row.state) for row in (first, second)} == {(design.slug, "no-session", "present")}
    nothing = await answer("nodes: {")
    assert [one["state"] for one in nothing["findings"]] == ["missed", "missed", "missed", "absent"]
    assert len(await logged()) == 2, "no reason was there to be read"
    answering.engine.close()


def test_what_is_read_of_a_design_are_its_reasons(design: Item) -> None:
    assert words_of(design, REASONED).strip() == GOOD
    assert words_of(design, "I would keep no session.") == "I would keep no session.", "the answer to a follow-up"
