"""What can be done with an interview: one unit of work a function.

Every function takes the user's id and answers NotFoundError for what is not theirs. Time comes in as
`now`. What was accepted is committed before the function returns.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from greenroom.bank.models import Item, Topic
from greenroom.bank.projects import first_draft
from greenroom.grading.serving import labels
from greenroom.interview import drafts, queries
from greenroom.interview.admission import check_language, check_text
from greenroom.interview.catalogue import Catalogue
from greenroom.interview.claims import Claims
from greenroom.interview.drafts import Draft, DraftConflict
from greenroom.interview.labelling import self_judged
from greenroom.interview.planning import Level, plan
from greenroom.interview.rules import (
    Interview,
    Round,
    Step,
    StepName,
    Submission,
    closes,
    next_step,
    plan_follow_ups,
    remaining,
    runs,
    spent,
)
from greenroom.kernel.errors import CapacityError, ConflictError, InputError, NotFoundError, QuotaError
from greenroom.kernel.ids import new_id
from greenroom.platform.database import AsyncConnection, Database, take_turn


@dataclass(frozen=True)
class Place:
    """A round in its interview, with its item (None when the pack is gone) and what comes next."""

    interview: Interview
    round: Round
    item: Item | None
    step: Step


class Interviews:
    """The interviews of one database and one bank."""

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        claims: Claims | None = None,
        *,
        queue_limit: int = 64,
        queue_limit_each: int = 8,
    ) -> None:
        self.database = database
        self.catalogue = catalogue
        self._claims = claims
        self._queue_limit = queue_limit
        self._queue_limit_each = queue_limit_each

    # Reading

    async def get(self, user_id: str, interview_id: str) -> Interview:
        """The whole interview."""
        async with self.database.read() as connection:
            return self._owned(await queries.interview(connection, interview_id, user_id))

    async def history(self, user_id: str, limit: int = 100) -> list[Interview]:
        """The user's interviews, newest first, without warm-ups."""
        async with self.database.read() as connection:
            return await queries.interviews_of(connection, user_id, limit)

    async def has_finished(self, user_id: str, slug: str) -> bool:
        """Whether a round of the user's with that item is done, and none is open."""
        async with self.database.read() as connection:
            return await queries.has_finished(connection, user_id, slug)

    async def page(self, user_id: str, *, after: str | None, limit: int) -> list[Interview]:
        """At most *limit* of the user's interviews that were made before *after*, the newest first."""
        async with self.database.read() as connection:
            return await queries.interviews_after(connection, user_id, after=after, limit=limit)

    async def place(self, user_id: str, round_id: str) -> Place:
        """Where a round stands."""
        async with self.database.read() as connection:
            return await self._place(connection, user_id, round_id)

    async def submission(self, user_id: str, submission_id: str) -> Submission | None:
        """A submission of the user's as it stands now; None when there is none (any more)."""
        async with self.database.read() as connection:
            return await queries.submission(connection, submission_id, user_id)

    # Planning

    async def askable(self) -> tuple[Item, ...]:
        """The items that a new interview may ask: those of the catalogue that are not switched off."""
        async with self.database.read() as connection:
            off = await queries.switched_off(connection)
        return tuple(item for item in self.catalogue.items if item.slug not in off)

    async def counts(self) -> dict[str, int]:
        """How many interviews there are, run, answers wait, disputes are open, and items are switched off."""
        async with self.database.read() as connection:
            return await queries.counts(connection)

    async def warm_up(self) -> Item | None:
        """The unscored item to try the tools on; None when there is none, or it is switched off."""
        item = self.catalogue.warm_up
        async with self.database.read() as connection:
            off = await queries.switched_off(connection)
        return None if item is None or item.slug in off else item

    async def create(
        self, user_id: str, *, topics: Sequence[Topic], minutes: int, level: Level, seed: int, now: datetime
    ) -> Interview:
        """Plan an interview and store it, ready to begin. Raises InputError when nothing can be asked."""
        seen = await self._seen(user_id)
        made = plan(
            await self.askable(), topics=set(topics), minutes=minutes, level=level, rng=random.Random(seed), seen=seen
        )
        return await self._store(user_id, made.items, topics=topics, minutes=minutes, level=level, seed=seed, now=now)

    async def create_with(
        self, user_id: str, items: Sequence[Item], *, now: datetime, warm_up: bool = False
    ) -> Interview:
        """Store an interview that asks exactly *items* in that order."""
        topics = list(dict.fromkeys(item.topic for item in items))
        minutes = sum(item.head.minutes for item in items)
        return await self._store(
            user_id, items, topics=topics, minutes=minutes, level="mixed", seed=0, now=now, warm_up=warm_up
        )

    async def _seen(self, user_id: str) -> set[str]:
        return {one.item for interview in await self.history(user_id, 20) for one in interview.rounds}

    async def _store(
        self,
        user_id: str,
        items: Sequence[Item],
        *,
        topics: Sequence[Topic],
        minutes: int,
        level: str,
        seed: int,
        now: datetime,
        warm_up: bool = False,
    ) -> Interview:
        interview_id = new_id(now)
        row = {
            "id": interview_id,
            "user_id": user_id,
            "state": "ready",
            "warm_up": warm_up,
            "topics": [topic.value for topic in topics],
            "minutes": minutes,
            "level": level,
            "seed": seed,
            "created_at": now,
        }
        round_rows = [_new_round(interview_id, position, item, now) for position, item in enumerate(items)]
        async with self.database.write() as connection:
            await queries.add_interview(connection, row, round_rows)
        return await self.get(user_id, interview_id)

    async def forecast(self, user_id: str, interview_id: str, shares: Mapping[str, float]) -> None:
        """Store what share of the points the candidate expects in each topic, before the first round."""
        if any(not 0.0 <= value <= 1.0 for value in shares.values()):
            raise InputError("a forecast is a share from 0 to 100 %", mend="choose a value in that range")
        async with self.database.write() as connection:
            interview = self._owned(await queries.interview(connection, interview_id, user_id, lock=True))
            if interview.state != "ready":
                raise ConflictError("the interview has begun", mend="a forecast is made before the first round")
            known = {topic: value for topic, value in shares.items() if topic in interview.topics}
            await queries.change_interview(connection, interview_id, forecast=known)

    # The course of an interview

    async def begin(self, user_id: str, interview_id: str, now: datetime) -> Round | None:
        """Start or continue: open the current round and let its clock run. None when all rounds are done."""
        async with self.database.write() as connection:
            interview = self._owned(await queries.interview(connection, interview_id, user_id, lock=True))
            if interview.state == "finished":
                return None
            current = interview.current
            if current is None:
                await queries.change_interview(connection, interview_id, state="finished", finished_at=now)
                return None
            if interview.state != "running":
                started = interview.started_at or now
                await queries.change_interview(connection, interview_id, state="running", started_at=started)
            opened = current.opened_at or now
            current = replace(current, opened_at=opened)
            await queries.change_round(connection, current.id, opened_at=opened)
            await self._set_clock(connection, replace(interview, state="running"), current, now)
            return current

    async def pause(self, user_id: str, interview_id: str, now: datetime) -> None:
        """Stop the clock until `begin` is called again."""
        await self._change_state(user_id, interview_id, "paused", now)

    async def finish(self, user_id: str, interview_id: str, now: datetime) -> None:
        """End the interview early: rounds that were not reached are not counted."""
        await self._change_state(user_id, interview_id, "finished", now)

    async def _change_state(self, user_id: str, interview_id: str, state: str, now: datetime) -> None:
        async with self.database.write() as connection:
            interview = self._owned(await queries.interview(connection, interview_id, user_id, lock=True))
            if interview.state == "finished" or (state == "paused" and interview.state == "ready"):
                return
            ended = now if state == "finished" else None
            await queries.change_interview(connection, interview_id, state=state, finished_at=ended)
            current = interview.current
            if current is not None and current.opened_at is not None:
                await self._stop_clock(connection, current, now)
                if state == "finished" and current.submissions:
                    await queries.change_round(connection, current.id, done_at=now, closed_at=current.closed_at or now)

    async def delete(self, user_id: str, interview_id: str) -> None:
        """Delete an interview with its rounds and submissions, for good."""
        async with self.database.write() as connection:
            if not await queries.delete_interview(connection, interview_id, user_id):
                raise NotFoundError("there is no such interview")

    # A round

    async def seen(self, user_id: str, round_id: str, now: datetime) -> float:
        """The page is open: note it and return the seconds that are left."""
        async with self.database.write() as connection:
            place = await self._place(connection, user_id, round_id, lock=True)
            one = place.round
            used, away = spent(one, now)
            if one.running_since is not None and away > one.away_s:
                await queries.change_round(connection, one.id, spent_s=used, away_s=away, running_since=now)
            await queries.change_round(connection, one.id, seen_at=now)
            return one.limit_s - used

    async def save_draft(
        self,
        user_id: str,
        round_id: str,
        *,
        text: str,
        revision: int,
        tab: str,
        now: datetime,
        point: str | None = None,
        language: str | None = None,
    ) -> int:
        """Store what is typed, over the revision that the page has seen; returns the new revision.

        With *point* it belongs to the follow-up on that point, else to the answer. Drafts of rounds that are
        over are stored as well. Raises DraftConflict with the newer text when another tab was faster, and InputError
        for a *language* in which the item cannot be answered here.
        """
        async with self.database.write() as connection:
            place = await self._place(connection, user_id, round_id, lock=True)
            check_text(place.item, text)
            check_language(place.item, language)
            new = Draft(text, revision, language=language)
            return await drafts.write(connection, place.round, new, tab=tab, now=now, point=point)

    async def submit(
        self,
        user_id: str,
        round_id: str,
        *,
        text: str,
        token: str,
        now: datetime,
        revision: int | None = None,
        language: str | None = None,
    ) -> str:
        """Hand in an answer (or the answer to the open follow-up); returns the submission's id.

        The submission is committed before this returns. The same *token* again returns the same id.
        With *revision* given, a page that has not seen the newest draft gets DraftConflict. Code is in the *language*
        given, else in that of the draft.
        """
        async with self.database.write() as connection:
            place = await self._place(connection, user_id, round_id, lock=True)
            check_text(place.item, text)
            again = await queries.submission_by_token(connection, round_id, token)
            if again is not None:
                return again
            one, step = place.round, place.step
            if step.name not in (StepName.answer, StepName.follow_up):
                raise ConflictError("this round takes no answer now", mend="go to the interview's current round")
            if step.name is StepName.answer:
                check_language(place.item, language)
                language = language or one.draft_language
            await self._check_room(connection, user_id)
            newest = drafts.current(one, step.follow_up.point if step.follow_up else None)
            if revision is not None and revision < newest.revision and newest.text != text:
                raise DraftConflict(newest)
            row = {
                "id": new_id(now),
                "round_id": round_id,
                "token": token,
                "sort": "follow-up" if step.follow_up else "answer",
                "point": step.follow_up.point if step.follow_up else None,
                "text": text,
                "language": language if step.name is StepName.answer else None,
                "created_at": now,
                "late_s": max(0.0, -remaining(one, now)) if step.name is StepName.answer else 0.0,
                "state": "queued",
                **self._stamp(now),
            }
            await queries.add_submission(connection, row)
            if step.follow_up is not None:
                await self._mark_follow_up(connection, one, step.follow_up.point, "answered")
            else:
                # The next try starts from what was handed in, even where no script had saved it as a draft.
                handed_in = Draft(text, newest.revision, language=language)
                await drafts.write(connection, one, handed_in, tab="", now=now)
            if step.follow_up is None and place.item is not None and closes(place.item, None):
                await queries.change_round(connection, round_id, closed_at=now)
            await self._stop_clock(connection, one, now)
            return str(row["id"])

    async def record(
        self, submission: Submission, *, verdict: str | None, result: dict[str, Any], now: datetime
    ) -> bool:
        """Write a submission's result and, in the same transaction, what follows from it for its round.

        The round is closed if the answer ends it, follow-ups are planned, the clock goes on otherwise. False when
        another attempt has written a result before: then nothing is changed.
        """
        async with self.database.write() as connection:
            round_id = submission.round_id
            interview = await queries.interview_of_round(connection, round_id, None, lock=True)
            won = await queries.finish_submission(connection, submission.id, verdict=verdict, result=result, now=now)
            if won and interview is not None:
                await self._settle(connection, interview, round_id, now)
            return won

    async def commitment(self, user_id: str | None, round_id: str) -> dict[str, Any] | None:
        """What was committed to in the round, if anything was."""
        async with self.database.read() as connection:
            return (await self._place(connection, user_id, round_id)).round.commitment

    async def commit(self, user_id: str | None, round_id: str, proposed: dict[str, Any]) -> dict[str, Any]:
        """Store what a candidate commits to, unless something is stored already; returns what holds."""
        async with self.database.write() as connection:
            place = await self._place(connection, user_id, round_id, lock=True)
            if place.round.commitment is None:
                await queries.change_round(connection, round_id, commitment=proposed)
            return place.round.commitment or proposed

    async def close_answer(self, user_id: str, round_id: str, now: datetime) -> None:
        """Go on with what was handed in so far."""
        async with self.database.write() as connection:
            place = await self._place(connection, user_id, round_id, lock=True)
            if place.step.name is not StepName.answer or not place.round.submissions:
                raise ConflictError("there is nothing to go on with", mend="submit an answer, or skip the round")
            await self._stop_clock(connection, place.round, now)
            await queries.change_round(connection, round_id, closed_at=now)
            await self._settle(connection, place.interview, round_id, now)

    async def skip(self, user_id: str, round_id: str, now: datetime) -> None:
        """Leave the round without (another) answer."""
        async with self.database.write() as connection:
            place = await self._place(connection, user_id, round_id, lock=True)
            if place.step.name in (StepName.judging, StepName.done):
                return
            await self._stop_clock(connection, place.round, now)
            skipped = place.step.name in (StepName.answer, StepName.waiting) and not place.round.submissions
            await queries.change_round(
                connection, round_id, skipped=skipped, done_at=now, closed_at=place.round.closed_at or now
            )

    async def take_hint(self, user_id: str, round_id: str) -> int:
        """Reveal the next hint; returns how many are revealed now."""
        async with self.database.write() as connection:
            place = await self._place(connection, user_id, round_id, lock=True)
            if place.step.name is not StepName.answer:
                raise ConflictError("hints are for while you answer", mend="go to the interview's current round")
            available = len(place.item.hints) if place.item else 0
            used = min(place.round.hints_used + 1, available)
            await queries.change_round(connection, round_id, hints_used=used)
            return used

    async def self_judge(self, user_id: str, round_id: str, judgements: Mapping[str, bool], now: datetime) -> None:
        """Decide unsure points oneself; keys that are not open are refused."""
        async with self.database.write() as connection:
            place = await self._place(connection, user_id, round_id, lock=True)
            open_keys = {one.key for one in place.step.unsure}
            if not judgements or not set(judgements) <= open_keys:
                raise ConflictError("these points are not open for your judgement", mend="reload the page")
            merged = {**place.round.self_judgements, **judgements}
            await queries.change_round(connection, round_id, self_judgements=merged)
            for submission_id, point, said in self_judged(place.round, judgements):
                await labels.note(connection, submission_id, point, "self-judged", said, now)
            await self._settle(connection, place.interview, round_id, now)

    async def skip_follow_up(self, user_id: str, round_id: str, now: datetime) -> None:
        """Leave the open follow-up unanswered."""
        async with self.database.write() as connection:
            place = await self._place(connection, user_id, round_id, lock=True)
            if place.step.follow_up is not None:
                await self._mark_follow_up(connection, place.round, place.step.follow_up.point, "skipped")
                await self._settle(connection, place.interview, round_id, now)

    # Inside

    def _stamp(self, now: datetime) -> dict[str, object]:
        """Who stores a submission answers it: nobody else takes it up in between."""
        if self._claims is None:
            return {}
        claim = self._claims.at(now)
        return {"claimed_by": claim.holder, "claimed_until": claim.until}

    async def _check_room(self, connection: AsyncConnection, user_id: str) -> None:
        mend = "your draft is kept; submit again in a minute"
        await take_turn(connection, "queue")  # counted by one at a time: what each adds is seen by the next
        total, own = await queries.queued_counts(connection, user_id)
        if own >= self._queue_limit_each:
            raise QuotaError(f"{own} answers of yours are waiting already", mend=mend)
        if total >= self._queue_limit:
            raise CapacityError("too many answers are waiting", mend=mend)

    def _owned(self, interview: Interview | None) -> Interview:
        if interview is None:
            raise NotFoundError("there is no such interview", mend="see your history")
        return interview

    async def _place(
        self, connection: AsyncConnection, user_id: str | None, round_id: str, *, lock: bool = False
    ) -> Place:
        interview = await queries.interview_of_round(connection, round_id, user_id, lock=lock)
        if interview is None:
            raise NotFoundError("there is no such round", mend="see your history")
        return self._place_in(interview, round_id)

    def _place_in(self, interview: Interview, round_id: str) -> Place:
        one = next(one for one in interview.rounds if one.id == round_id)
        item = self.catalogue.get(one.item)
        return Place(interview, one, item, next_step(item, one))

    async def _settle(self, connection: AsyncConnection, stale: Interview, round_id: str, now: datetime) -> None:
        interview = self._owned(await queries.interview(connection, stale.id, None))
        place = self._place_in(interview, round_id)
        one, item = place.round, place.item
        answers = [sub for sub in one.submissions if sub.sort == "answer" and sub.state == "done"]
        if one.closed_at is None and item and any(closes(item, sub) for sub in answers):
            await queries.change_round(connection, round_id, closed_at=now)
            one = replace(one, closed_at=now)
        step = next_step(item, one)
        if step.name is StepName.finish and item is not None and one.follow_ups is None:
            planned = () if interview.warm_up else plan_follow_ups(item, one)
            await queries.change_round(connection, round_id, follow_ups=[asdict(follow) for follow in planned])
            step = next_step(item, replace(one, follow_ups=planned))
        if step.name is StepName.finish:
            await queries.change_round(connection, round_id, done_at=now)
        await self._set_clock(connection, interview, one, now)

    async def _mark_follow_up(self, connection: AsyncConnection, one: Round, point: str, state: str) -> None:
        rows = [asdict(follow) | ({"state": state} if follow.point == point else {}) for follow in one.follow_ups or ()]
        await queries.change_round(connection, one.id, follow_ups=rows)

    async def _set_clock(self, connection: AsyncConnection, interview: Interview, one: Round, now: datetime) -> None:
        should_run = runs(self.catalogue.get(one.item), one, interview.state)
        if should_run and one.running_since is None:
            await queries.change_round(connection, one.id, running_since=now, seen_at=now)
        elif not should_run:
            await self._stop_clock(connection, one, now)

    async def _stop_clock(self, connection: AsyncConnection, one: Round, now: datetime) -> None:
        if one.running_since is not None:
            used, away = spent(one, now)
            await queries.change_round(connection, one.id, spent_s=used, away_s=away, running_since=None)


def _new_round(interview_id: str, position: int, item: Item, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(now),
        "interview_id": interview_id,
        "position": position,
        "item": item.slug,
        "item_version": item.head.version,
        "title": item.title,
        "topic": item.topic.value,
        "kind": item.kind.value,
        "limit_s": item.head.minutes * 60,
        "spent_s": 0.0,
        "away_s": 0.0,
        "skipped": False,
        "hints_used": 0,
        "self_judgements": {},
        "draft": first_draft(item),
        "draft_revision": 0,
    }
