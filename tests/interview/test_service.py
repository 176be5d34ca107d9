"""Units of work against a real database."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import select
from tests.interview.builders import START

from greenroom.bank.findings import Finding, State
from greenroom.bank.models import Topic
from greenroom.interview import queries
from greenroom.interview.claims import LEASE, Claims
from greenroom.interview.drafts import DraftConflict
from greenroom.interview.rules import Interview, Round, StepName, unsent
from greenroom.interview.service import Interviews
from greenroom.interview.tables import submissions
from greenroom.kernel.clock import ManualClock
from greenroom.kernel.errors import CapacityError, ConflictError, InputError, NotFoundError, QuotaError

pytestmark = pytest.mark.anyio


async def started(interviews: Interviews, user: str, slug: str = "why-stateless") -> Round:
    item = interviews.catalogue.get(slug)
    assert item is not None
    made = await interviews.create_with(user, [item], now=START)
    opened = await interviews.begin(user, made.id, START)
    assert opened is not None
    return opened


async def decide(
    interviews: Interviews,
    submission: str,
    states: dict[str, State],
    verdict: str | None = None,
    *,
    at: datetime = START,
    claims: Claims | None = None,
) -> None:
    """What a worker does, with findings of our choice."""
    found = await (claims or Claims(interviews.database, ManualClock(at))).begin(submission)
    assert found is not None
    rows = [
        Finding(
            point=point, earned=float(state in ("present", "met")), of=1, confidence=0.9, state=state, evidence={}
        ).model_dump(mode="json")
        for point, state in states.items()
    ]
    assert await interviews.record(found, verdict=verdict, result={"findings": rows}, now=START)


async def test_a_concept_round_from_question_to_end(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user)
    submission = await interviews.submit(user, one.id, text="…", token="t", now=START)
    await decide(interviews, submission, {"no-session": State.unsure, "scale": State.absent})
    place = await interviews.place(user, one.id)
    assert place.step.name is StepName.self_judge
    await interviews.self_judge(user, one.id, {"no-session": True}, START)
    place = await interviews.place(user, one.id)
    assert place.step.follow_up is not None
    assert place.step.follow_up.point == "scale"
    reply = await interviews.submit(user, one.id, text="…", token="f", now=START)
    await decide(interviews, reply, {"scale": State.present})
    place = await interviews.place(user, one.id)
    assert place.step.name is StepName.done
    assert await interviews.begin(user, place.interview.id, START) is None
    assert (await interviews.get(user, place.interview.id)).state == "finished"


async def test_a_code_round_takes_several_tries_until_one_is_accepted(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user, "add-up")
    first = await interviews.submit(user, one.id, text="x", token="1", now=START)
    await decide(interviews, first, {"basic": State.missed, "negative": State.missed}, "wrong-answer")
    assert (await interviews.place(user, one.id)).step.name is StepName.answer
    second = await interviews.submit(user, one.id, text="y", token="2", now=START)
    await decide(interviews, second, {"basic": State.met, "negative": State.met}, "accepted")
    assert (await interviews.place(user, one.id)).step.name is StepName.done


async def test_going_on_after_a_failed_try_asks_the_follow_ups(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user, "add-up")
    first = await interviews.submit(user, one.id, text="x", token="1", now=START)
    await decide(interviews, first, {"basic": State.met, "negative": State.missed}, "partial")
    await interviews.close_answer(user, one.id, START)
    step = (await interviews.place(user, one.id)).step
    assert step.follow_up is not None
    assert step.follow_up.ask == "And below zero?"


async def test_the_same_form_sent_twice_is_one_submission(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user)
    both = await asyncio.gather(
        *(interviews.submit(user, one.id, text="once", token="same", now=START) for _ in range(5))
    )
    assert len(set(both)) == 1
    assert len((await interviews.place(user, one.id)).round.submissions) == 1


async def test_a_result_is_written_once(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user)
    submission = await interviews.submit(user, one.id, text="…", token="t", now=START)
    claims = Claims(interviews.database, ManualClock(START))
    found = await claims.begin(submission)
    assert found is not None
    nothing: dict[str, object] = {"findings": []}
    written = await asyncio.gather(
        *(interviews.record(found, verdict=None, result=nothing, now=START) for _ in range(4))
    )
    assert sorted(written) == [False, False, False, True]
    assert await claims.begin(submission) is None


async def test_a_result_comes_with_what_follows_from_it_or_not_at_all(
    interviews: Interviews, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await started(interviews, user)
    submission = await interviews.submit(user, one.id, text="…", token="t", now=START)
    states = {"no-session": State.present, "scale": State.absent}
    with monkeypatch.context() as patch:
        patch.setattr(queries, "change_round", None)
        with pytest.raises(TypeError):
            await decide(interviews, submission, states)
    assert (await interviews.place(user, one.id)).step.name is StepName.judging
    await decide(interviews, submission, states, at=START + 2 * LEASE)
    assert (await interviews.place(user, one.id)).step.follow_up is not None


async def test_a_second_tab_never_overwrites_newer_work(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user)
    assert await interviews.save_draft(user, one.id, text="first tab", revision=0, tab="a", now=START) == 1
    with pytest.raises(DraftConflict) as caught:
        await interviews.save_draft(user, one.id, text="second tab", revision=0, tab="b", now=START)
    assert caught.value.newer.text == "first tab"
    with pytest.raises(DraftConflict):
        await interviews.submit(user, one.id, text="second tab", token="t", now=START, revision=0)
    assert (await interviews.place(user, one.id)).round.draft == "first tab"


async def test_a_draft_whose_answer_was_lost_on_the_way_can_be_sent_again(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user)
    for _ in range(2):
        assert await interviews.save_draft(user, one.id, text="same", revision=0, tab="a", now=START) == 1


async def test_concurrent_drafts_leave_exactly_one_winner(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user)
    results = await asyncio.gather(
        *(interviews.save_draft(user, one.id, text=f"tab {n}", revision=0, tab=str(n), now=START) for n in range(8)),
        return_exceptions=True,
    )
    assert sum(result == 1 for result in results) == 1
    assert sum(isinstance(result, DraftConflict) for result in results) == 7


async def test_the_clock_stops_while_paused_and_while_judging(
    interviews: Interviews, user: str, clock: ManualClock
) -> None:
    one = await started(interviews, user, "add-up")
    clock.advance(60)
    await interviews.pause(user, one.interview_id, clock.now())
    clock.advance(3600)
    await interviews.begin(user, one.interview_id, clock.now())
    clock.advance(30)
    submission = await interviews.submit(user, one.id, text="x", token="1", now=clock.now())
    clock.advance(500)
    assert (await interviews.place(user, one.id)).round.spent_s == pytest.approx(90)
    await decide(interviews, submission, {"basic": State.missed, "negative": State.missed}, "wrong-answer")
    assert (await interviews.place(user, one.id)).round.running_since is not None


async def test_a_crash_of_the_page_does_not_eat_the_time(interviews: Interviews, user: str, clock: ManualClock) -> None:
    one = await started(interviews, user)
    clock.advance(30)
    assert await interviews.seen(user, one.id, clock.now()) == pytest.approx(330)
    clock.advance(7200)
    assert await interviews.seen(user, one.id, clock.now()) == pytest.approx(330)
    clock.advance(10)
    assert await interviews.seen(user, one.id, clock.now()) == pytest.approx(320)
    assert (await interviews.place(user, one.id)).round.away_s == pytest.approx(7200)


async def test_hints_are_counted_up_to_what_there_is(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user)
    assert [await interviews.take_hint(user, one.id) for _ in range(3)] == [1, 2, 2]


async def test_a_full_queue_is_said_and_nothing_is_lost(interviews: Interviews, user: str) -> None:
    for _ in range(3):
        one = await started(interviews, user)
        await interviews.submit(user, one.id, text="…", token="t", now=START)
    one = await started(interviews, user)
    await interviews.save_draft(user, one.id, text="kept", revision=0, tab="a", now=START)
    with pytest.raises(CapacityError, match="waiting"):
        await interviews.submit(user, one.id, text="kept", token="t", now=START)
    assert (await interviews.place(user, one.id)).round.draft == "kept"


async def test_one_who_has_many_answers_waiting_leaves_room_for_others(
    interviews: Interviews, user: str, other_user: str
) -> None:
    narrow = Interviews(interviews.database, interviews.catalogue, queue_limit=3, queue_limit_each=2)
    for _ in range(2):
        one = await started(narrow, user)
        await narrow.submit(user, one.id, text="…", token="t", now=START)
    one = await started(narrow, user)
    with pytest.raises(QuotaError, match="2 answers of yours"):
        await narrow.submit(user, one.id, text="…", token="t", now=START)
    theirs = await started(narrow, other_user)
    submission = await narrow.submit(other_user, theirs.id, text="…", token="t", now=START)
    async with interviews.database.read() as connection:
        waiting = await queries.queued(connection)
    assert sorted(candidate for _, candidate in waiting) == sorted([user, user, other_user])
    assert (submission, other_user) in waiting


async def test_too_long_answers_are_refused(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user)
    with pytest.raises(InputError, match="50,001"):
        await interviews.submit(user, one.id, text="x" * 50_001, token="t", now=START)
    with pytest.raises(InputError, match="NUL"):
        await interviews.submit(user, one.id, text="a\x00b", token="t", now=START)


async def test_what_belongs_to_somebody_else_is_not_found(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user)
    calls = [
        interviews.get("stranger", one.interview_id),
        interviews.place("stranger", one.id),
        interviews.begin("stranger", one.interview_id, START),
        interviews.submit("stranger", one.id, text="x", token="t", now=START),
        interviews.save_draft("stranger", one.id, text="x", revision=0, tab="t", now=START),
        interviews.take_hint("stranger", one.id),
        interviews.skip("stranger", one.id, START),
        interviews.delete("stranger", one.interview_id),
        interviews.pause("stranger", one.interview_id, START),
    ]
    for call in calls:
        with pytest.raises(NotFoundError):
            await call


async def test_a_forecast_is_made_before_the_first_round(interviews: Interviews, user: str) -> None:
    made = await interviews.create(user, topics=list(Topic), minutes=30, level="mixed", seed=1, now=START)
    await interviews.forecast(user, made.id, {"jwt": 0.7, "nonsense": 0.2})
    assert (await interviews.get(user, made.id)).forecast == {"jwt": 0.7}
    with pytest.raises(InputError):
        await interviews.forecast(user, made.id, {"jwt": 1.7})
    await interviews.begin(user, made.id, START)
    with pytest.raises(ConflictError):
        await interviews.forecast(user, made.id, {"jwt": 0.1})


async def test_finishing_early_keeps_what_was_answered(interviews: Interviews, user: str) -> None:
    made: Interview = await interviews.create(user, topics=list(Topic), minutes=30, level="mixed", seed=1, now=START)
    assert len(made.rounds) == 2
    first = await interviews.begin(user, made.id, START)
    assert first is not None
    submission = await interviews.submit(user, first.id, text="…", token="t", now=START)
    await decide(interviews, submission, {"no-session": State.absent, "scale": State.present})
    await interviews.finish(user, made.id, START)
    ended = await interviews.get(user, made.id)
    assert (ended.state, ended.rounds[0].done_at, ended.rounds[1].opened_at) == ("finished", START, None)


async def test_deleting_takes_everything_along(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user)
    await interviews.submit(user, one.id, text="…", token="t", now=START)
    await interviews.delete(user, one.interview_id)
    async with interviews.database.read() as connection:
        assert (await connection.execute(select(submissions.c.id))).all() == []
    assert await interviews.history(user) == []


async def test_a_follow_up_keeps_its_own_draft(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user)
    submission = await interviews.submit(user, one.id, text="…", token="t", now=START)
    await decide(interviews, submission, {"no-session": State.present, "scale": State.absent})

    async def type_for(point: str, text: str, revision: int) -> int:
        return await interviews.save_draft(user, one.id, text=text, revision=revision, tab="a", now=START, point=point)

    assert await type_for("scale", "half", 0) == 1
    with pytest.raises(DraftConflict):
        await type_for("scale", "another tab", 0)
    with pytest.raises(ConflictError):
        await type_for("nothing-asked", "x", 0)
    await interviews.skip_follow_up(user, one.id, START)
    place = await interviews.place(user, one.id)
    assert [left.text for left in unsent(place.item, place.round)] == ["half"]
    assert place.round.draft == "…"


async def test_the_next_try_starts_from_what_was_handed_in(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user, "add-up")
    await interviews.submit(user, one.id, text="def add_up(): ...", token="t", now=START)
    place = await interviews.place(user, one.id)
    assert place.round.draft == "def add_up(): ..."
    assert unsent(place.item, place.round) == ()


async def test_a_skipped_round_keeps_what_was_typed(interviews: Interviews, user: str) -> None:
    one = await started(interviews, user, "add-up")
    place = await interviews.place(user, one.id)
    assert unsent(place.item, place.round) == ()  # the starter is nobody's work
    await interviews.save_draft(user, one.id, text="half", revision=0, tab="a", now=START)
    await interviews.skip(user, one.id, START)
    place = await interviews.place(user, one.id)
    assert [left.text for left in unsent(place.item, place.round)] == ["half"]
