"""The workers that answer submissions: a bounded number at a time, nothing lost at a restart."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import structlog

from greenroom.interview import queries
from greenroom.interview.answering import Answering
from greenroom.judge.results import CaseResult
from greenroom.platform.channels import Channels
from greenroom.platform.database import Database

log = structlog.get_logger(__name__)


class Workers:
    """Takes submission ids from a queue; each submission's events go to the channel of its id."""

    def __init__(self, answering: Answering, database: Database, channels: Channels, *, count: int) -> None:
        self._answering = answering
        self._database = database
        self._channels = channels
        self._count = count
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._waiting: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> int:
        """Start, and take up what an earlier process left queued; returns how many that were."""
        async with self._database.read() as connection:
            left = await queries.queued_ids(connection)
        for submission_id in left:
            self.put(submission_id)
        self._tasks = [asyncio.create_task(self._run(), name=f"worker-{number}") for number in range(self._count)]
        if left:
            log.info("answers taken up after a restart", count=len(left))
        return len(left)

    def put(self, submission_id: str) -> None:
        """Queue a stored submission."""
        self._channels.open(submission_id)
        self._channels.publish(submission_id, "queued", {"before": len(self._waiting)})
        self._waiting.append(submission_id)
        self._queue.put_nowait(submission_id)

    async def stop(self) -> None:
        """Cancel the workers; what was under way is still queued on disk and is answered at the next start."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            submission_id = await self._queue.get()
            self._waiting.remove(submission_id)
            for place, waiting in enumerate(self._waiting):
                self._channels.publish(waiting, "queued", {"before": place})
            try:
                await self._answer(submission_id)
            except Exception:
                # The database is in the way (a full disk): the submission stays queued and is taken up again.
                log.exception("an answer stays queued", submission=submission_id)
                self._channels.publish(submission_id, "done", {"verdict": "judge-error"}, last=True)

    async def _answer(self, submission_id: str) -> None:
        publish = self._channels.publisher(submission_id)

        def on_case(case: CaseResult) -> None:
            publish("case", case_event(case))

        result = await self._answering.answer(submission_id, on_case)
        body: dict[str, Any] = {"verdict": result.verdict, "message": result.body.get("message")} if result else {}
        self._channels.publish(submission_id, "done", body, last=True)


def case_event(case: CaseResult) -> dict[str, Any]:
    """A case as the page shows it while it streams."""
    event: dict[str, Any] = case.model_dump(mode="json")
    return event
