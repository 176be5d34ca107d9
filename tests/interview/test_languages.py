"""Code in the language that the candidate chose."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.interview.builders import START
from tests.interview.test_service import started
from tests.items import write_program_item

from greenroom.interview.answering import Answering
from greenroom.interview.rules import Round
from greenroom.interview.service import Interviews
from greenroom.judge.service import Judge
from greenroom.kernel.clock import ManualClock
from greenroom.kernel.errors import InputError
from greenroom.platform.database import Database

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not shutil.which("node"), reason="this host has no Node")]

PROGRAM = "say-the-sum"
NO_GRADER: Any = None


@pytest.fixture
def pack(pack: Path) -> Path:
    write_program_item(pack / "items" / "dsa" / PROGRAM)
    return pack


async def test_code_keeps_the_language_that_was_chosen(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user, PROGRAM)
    assert (await place_of(interviews, user, one)).draft_language is None
    revision = await interviews.save_draft(
        user, one.id, text="let x", revision=0, tab="a", now=START, language="javascript"
    )
    # The same text in another language is a change, and without a language the draft stays in its own.
    revision = await interviews.save_draft(user, one.id, text="let x", revision=revision, tab="a", now=START)
    assert revision == 1
    revision = await interviews.save_draft(
        user, one.id, text="let x", revision=revision, tab="a", now=START, language="python"
    )
    assert (revision, (await place_of(interviews, user, one)).draft_language) == (2, "python")
    await interviews.save_draft(user, one.id, text="let y", revision=2, tab="a", now=START, language="javascript")
    await interviews.submit(user, one.id, text="let y", token="t", now=START)
    (submission,) = (await place_of(interviews, user, one)).submissions
    assert submission.language == "javascript"


async def test_a_language_that_an_item_cannot_be_answered_in_is_refused(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user, PROGRAM)
    with pytest.raises(InputError, match="cobol"):
        await interviews.save_draft(user, one.id, text="x", revision=0, tab="a", now=START, language="cobol")
    with pytest.raises(InputError, match="cobol"):
        await interviews.submit(user, one.id, text="x", token="t", now=START, language="cobol")
    words = await started(interviews, user)
    with pytest.raises(InputError, match="Python"):
        await interviews.submit(user, words.id, text="x", token="t", now=START, language="python")


async def place_of(interviews: Interviews, user: str, one: Round) -> Round:
    return (await interviews.place(user, one.id)).round


async def test_an_answer_is_run_in_its_language(
    interviews: Interviews, database: Database, user: str, clock: ManualClock
) -> None:
    one = await started(interviews, user, PROGRAM)
    source = "const [a, b] = require('fs').readFileSync(0, 'utf8').split(' ').map(Number);\nconsole.log(a + b);\n"
    submission = await interviews.submit(user, one.id, text=source, token="t", now=START, language="javascript")
    judge = Judge()
    try:
        answering = Answering(database, interviews.catalogue, judge, NO_GRADER, clock)
        result = await answering.answer(submission)
    finally:
        judge.close()
    assert result is not None
    assert (result.verdict, [case["verdict"] for case in result.body["cases"]]) == ("accepted", ["accepted"] * 2)
