"""Answers stored submissions, each when its turn comes: nothing lost at a restart."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import structlog

from greenroom.interview import queries
from greenroom.interview.answering import Answering
from greenroom.judge.places import OnPosition, Place
from greenroom.judge.results import CaseResult
from greenroom.platform.channels import Channels
from greenroom.platform.database import Database

log = structlog.get_logger(__name__)


class Workers:
    """Queues submissions for the judge's places; each submission's events go to the channel of its id."""

    def __init__(self, answering: Answering, database: Database, channels: Channels) -> None:
        self._answering = answering
        self._database = database
        self._channels = channels
        self._places: dict[str, Place] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Take up what an earlier process left queued; returns how many that were."""
        async with self._database.read() as connection:
            left = await queries.queued(connection)
        for submission_id, candidate in left:
            self.put(submission_id, candidate)
        if left:
            log.info("answers taken up after a restart", count=len(left))
        return len(left)

    def put(self, submission_id: str, candidate: str) -> None:
        """Queue a stored submission of *candidate* (a user's id); it is never refused."""
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
        """Cancel all; what was under way or waited is still queued on disk and is answered at the next start."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self, submission_id: str, place: Place) -> None:
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
        body: dict[str, Any] = {"verdict": result.verdict, "message": result.body.get("message")} if result else {}
        self._channels.publish(submission_id, "done", body, last=True)


def position_teller(channels: Channels, key: str) -> OnPosition:
    """Says in a channel how many runs come before the one that waits; may be called from any thread."""
    publish = channels.publisher(key, passing=True)
    return lambda before: publish("position", {"before": before})


def case_event(case: CaseResult) -> dict[str, Any]:
    """A case as the page shows it while it streams."""
    event: dict[str, Any] = case.model_dump(mode="json")
    return event
