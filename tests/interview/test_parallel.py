"""Many calls at once on one interview: no update is lost, whoever else writes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from tests.interview.builders import START
from tests.interview.test_service import decide, started

from greenroom.bank.findings import State
from greenroom.interview.drafts import DraftConflict
from greenroom.interview.rules import Round, StepName
from greenroom.interview.service import Interviews
from greenroom.kernel.clock import ManualClock
from greenroom.kernel.errors import CapacityError, ConflictError, NotFoundError

pytestmark = pytest.mark.anyio


async def at_once(*calls: Coroutine[Any, Any, Any]) -> list[Any]:
    """What each of *calls* gives or raises."""
    return list(await asyncio.gather(*calls, return_exceptions=True))


async def answered(interviews: Interviews, user: str, states: dict[str, State]) -> Round:
    """A concept round whose answer got *states*."""
    one = await started(interviews, user)
    submission = await interviews.submit(user, one.id, text="…", token="t", now=START)
    await decide(interviews, submission, states)
    return one


async def test_judgements_of_different_points_are_all_kept(interviews: Interviews, user: str) -> None:
    for _ in range(5):
        one = await answered(interviews, user, {"no-session": State.unsure, "scale": State.unsure})
        keys = [unsure.key for unsure in (await interviews.place(user, one.id)).step.unsure]
        assert len(keys) == 2
        done = await at_once(*(interviews.self_judge(user, one.id, {key: True}, START) for key in keys))
        assert done == [None, None]
        assert (await interviews.place(user, one.id)).round.self_judgements == dict.fromkeys(keys, True)


async def test_each_hint_is_taken_once(interviews: Interviews, user: str) -> None:
    for _ in range(5):
        one = await started(interviews, user)
        assert sorted(await at_once(*(interviews.take_hint(user, one.id) for _ in range(2)))) == [1, 2]


async def test_a_round_takes_one_answer(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user)
    made = await at_once(*(interviews.submit(user, one.id, text="…", token=str(n), now=START) for n in range(6)))
    assert sum(isinstance(one, str) for one in made) == 1
    assert sum(isinstance(one, ConflictError) for one in made) == 5
    assert len((await interviews.place(user, one.id)).round.submissions) == 1


async def test_the_queue_never_holds_more_than_its_limit(interviews: Interviews, user: str) -> None:
    rounds = [await started(interviews, user) for _ in range(8)]
    made = await at_once(*(interviews.submit(user, one.id, text="…", token="t", now=START) for one in rounds))
    assert sum(isinstance(one, str) for one in made) == 3
    assert sum(isinstance(one, CapacityError) for one in made) == 5


async def test_drafts_of_a_follow_up_leave_one_winner(interviews: Interviews, user: str) -> None:
    one = await answered(interviews, user, {"no-session": State.present, "scale": State.absent})
    made = await at_once(
        *(
            interviews.save_draft(user, one.id, text=f"tab {n}", revision=0, tab=str(n), now=START, point="scale")
            for n in range(8)
        )
    )
    assert sum(result == 1 for result in made) == 1
    assert sum(isinstance(result, DraftConflict) for result in made) == 7


async def test_a_draft_never_brings_a_skipped_follow_up_back(interviews: Interviews, user: str) -> None:
    for _ in range(5):
        one = await answered(interviews, user, {"no-session": State.present, "scale": State.absent})
        draft = interviews.save_draft(user, one.id, text="half", revision=0, tab="a", now=START, point="scale")
        done = await at_once(draft, interviews.skip_follow_up(user, one.id, START))
        assert done == [1, None]
        place = await interviews.place(user, one.id)
        assert place.step.name is StepName.done
        assert [(one.state, one.draft) for one in place.round.follow_ups or ()] == [("skipped", "half")]


async def test_time_is_counted_once(interviews: Interviews, user: str, clock: ManualClock) -> None:
    one = await started(interviews, user, "add-up")
    clock.advance(60)
    calls = [interviews.pause(user, one.interview_id, clock.now()) for _ in range(4)]
    calls += [interviews.submit(user, one.id, text="x", token="t", now=clock.now())]  # type: ignore[list-item]
    await at_once(*calls)
    assert (await interviews.place(user, one.id)).round.spent_s == pytest.approx(60)


async def test_a_deleted_interview_takes_no_answer(interviews: Interviews, user: str) -> None:
    for _ in range(5):
        one = await started(interviews, user)
        submit = interviews.submit(user, one.id, text="…", token="t", now=START)
        made, deleted = await at_once(submit, interviews.delete(user, one.interview_id))
        assert deleted is None
        assert isinstance(made, str | NotFoundError)
        assert await interviews.history(user) == []
