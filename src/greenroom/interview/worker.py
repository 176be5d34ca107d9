"""Answers stored submissions, each when its turn comes: nothing lost at a restart."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import structlog

from greenroom.interview.answering import Answering
from greenroom.interview.claims import Claims, Taken, quietly
from greenroom.judge.places import OnPosition, Place
from greenroom.judge.results import CaseResult
from greenroom.platform.channels import Channels

log = structlog.get_logger(__name__)


class Workers:
    """Queues submissions for the judge's places; each submission's events go to the channel of its id."""

    def __init__(self, answering: Answering, channels: Channels, claims: Claims) -> None:
        self._answering = answering
        self._channels = channels
        self._claims = claims
        self._places: dict[str, Place] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Take up what an earlier process left queued, and from now on what others leave; returns how many at once."""
        left = await self._claims.take(at_start=True)
        self._take_up(left)
        self._keeping = asyncio.create_task(self._claims.keep(self._take_up), name="claims")
        return len(left)

    def _take_up(self, left: list[Taken]) -> None:
        for one in left:
            self.put(one.submission_id, one.candidate)
        if left:
            log.info("answers taken up that another process left", count=len(left))

    def put(self, submission_id: str, candidate: str) -> None:
        """Queue a stored submission of *candidate* (a user's id), if it is not in the queue; it is never refused."""
        if submission_id in self._places:
            return
        self._channels.open(submission_id)
        tell = position_teller(self._channels, submission_id)
        place = self._answering.judge.queue(candidate, bounded=False, on_position=tell)
        self._places[submission_id] = place
        task = asyncio.create_task(self._run(submission_id, place), name=f"submission-{submission_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def before(self, submission_id: str) -> int | None:
        """How many runs come before a submission that waits; None when it does not."""
        place = self._places.get(submission_id)
        return place.before if place is not None else None

    async def stop(self) -> None:
        """Cancel all; what was under way or waited is still queued on disk, and any server may take it up."""
        tasks = [*self._tasks, *([self._keeping] if self._keeping is not None else [])]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await quietly(self._claims.release())

    async def _run(self, submission_id: str, place: Place) -> None:
        with self._claims.in_hand(submission_id):
            await self._run_in_turn(submission_id, place)

    async def _run_in_turn(self, submission_id: str, place: Place) -> None:
        try:
            await asyncio.wrap_future(place.turn)
            self._channels.publish_passing(submission_id, "started", {})
            await self._answer(submission_id, place)
        except Exception:
            # The database is in the way (a full disk): the submission stays queued and is taken up again.
            log.exception("an answer stays queued", submission=submission_id)
            self._channels.publish(submission_id, "done", {"verdict": "judge-error"}, last=True)
        finally:
            place.leave()
            del self._places[submission_id]

    async def _answer(self, submission_id: str, place: Place) -> None:
        publish = self._channels.publisher(submission_id)

        def on_case(case: CaseResult) -> None:
            publish("case", case_event(case))

        result = await self._answering.answer(submission_id, on_case, place)
        if result is None:  # it is another server's, or was: who listens looks into the database
            self._channels.forget(submission_id)
            return
        body: dict[str, Any] = {"verdict": result.verdict, "message": result.body.get("message")}
        self._channels.publish(submission_id, "done", body, last=True)


def position_teller(channels: Channels, key: str) -> OnPosition:
    """Says in a channel how many runs come before the one that waits; may be called from any thread."""
    publish = channels.publisher(key, passing=True)
    return lambda before: publish("position", {"before": before})


def case_event(case: CaseResult) -> dict[str, Any]:
    """A case as the page shows it while it streams."""
    event: dict[str, Any] = case.model_dump(mode="json")
    return event
