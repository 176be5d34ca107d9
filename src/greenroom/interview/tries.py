"""Runs of the visible cases while a candidate writes: nothing is stored, nothing counts, the newest is what matters."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import structlog

from greenroom.bank.models import Item
from greenroom.interview.answering import Answering
from greenroom.interview.turns import Job, Turn
from greenroom.interview.worker import case_event, position_teller
from greenroom.judge.places import Place
from greenroom.platform.channels import Channels
from greenroom.platform.relay import Relay

log = structlog.get_logger(__name__)

OVERTAKEN = "A newer run or answer of this round came after it."
_FAULT = {"verdict": "judge-error", "message": "something went wrong on our side; run again"}


@dataclass(eq=False)
class _Try:
    round_id: str
    key: str
    place: Place
    began: float
    cancel: threading.Event = field(default_factory=threading.Event)
    task: asyncio.Task[None] | None = None


class Tries:
    """At most one try a round: a newer one ends the one before. Its events go to the channel `round/run`.

    That holds among the processes that *others* reaches, which have the same clock *now*.
    """

    def __init__(
        self,
        answering: Answering,
        channels: Channels,
        others: Relay | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._answering = answering
        self._channels = channels
        self._others = others
        self._now = now
        self._newest: dict[str, _Try] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        if others is not None:
            others.heed(self._heed)

    def start(self, candidate: str, round_id: str, item: Item, source: str, language: str | None = None) -> str:
        """Queue a run of *source*, in Python or another *language*, for *candidate* (a user's id); returns its id.

        As `begin`.
        """

        def run_visible(one: Turn) -> dict[str, Any]:
            result = self._answering.run_visible(
                item,
                source,
                lambda case: one.publish("case", case_event(case)),
                language=language,
                place=one.place,
                cancel=one.cancel,
            )
            return {"verdict": result.verdict.value, "message": result.message}

        return self.begin(candidate, round_id, run_visible)

    def begin(self, candidate: str, round_id: str, job: Job) -> str:
        """Queue *job* for *candidate*; returns its id. What it returns is the last event, `done`.

        Raises CapacityError (or its QuotaError) when too many runs wait; never where it ends an earlier one, whose
        room it takes.
        """
        run_id = uuid4().hex
        key = f"{round_id}/{run_id}"
        tell = position_teller(self._channels, key)
        place = self._answering.judge.queue(candidate, bounded=round_id not in self._newest, on_position=tell)
        self.end(round_id)
        self._channels.open(key)
        one = self._newest[round_id] = _Try(round_id, key, place, self._now())
        one.task = self._keep(asyncio.create_task(self._run(one, job), name=f"try-{run_id}"))
        return run_id

    def end(self, round_id: str, why: str = OVERTAKEN) -> asyncio.Task[None]:
        """End the round's try, if one waits or runs, and say *why*: by itself that something newer matters now.

        Here it has ended at once; what is returned is done when the other processes have heard of it.
        """
        self._end(round_id, why)
        return self._keep(asyncio.create_task(self._end_elsewhere(round_id, why, self._now()), name="tries-ended"))

    def _keep(self, task: asyncio.Task[None]) -> asyncio.Task[None]:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _end_elsewhere(self, round_id: str, why: str, before: float) -> None:
        if self._others is not None:
            await self._others.tell({"end": round_id, "before": before, "why": why})

    def _heed(self, said: dict[str, Any]) -> None:
        """End a try because another process says so; one that has begun since then is the newer one."""
        one = self._newest.get(str(said["end"]))
        if one is not None and one.began < float(said["before"]):
            self._end(one.round_id, str(said["why"]))

    def _end(self, round_id: str, why: str) -> None:
        one = self._newest.pop(round_id, None)
        if one is None:
            return
        one.cancel.set()
        if one.place.before is not None and one.task is not None:
            one.place.leave()
            one.task.cancel()
        self._channels.publish(one.key, "done", {"verdict": None, "message": why}, last=True)

    async def stop(self) -> None:
        """End all."""
        tasks = list(self._tasks)
        for one in list(self._newest.values()):
            one.cancel.set()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self, one: _Try, job: Job) -> None:
        publish, say = self._channels.publisher(one.key), self._channels.publisher(one.key, passing=True)
        body: dict[str, Any] = _FAULT
        try:
            await asyncio.wrap_future(one.place.turn)
            self._channels.publish_passing(one.key, "started", {})
            body = await asyncio.to_thread(job, Turn(publish, say, one.place, one.cancel))
        except Exception:
            log.exception("a run failed", round=one.round_id)
        finally:
            one.place.leave()
            if self._newest.get(one.round_id) is one:
                del self._newest[one.round_id]
        self._channels.publish(one.key, "done", body, last=True)
