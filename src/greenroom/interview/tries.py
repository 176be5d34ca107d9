"""Runs of the visible cases while a candidate writes: nothing is stored, nothing counts, the newest is what matters."""

from __future__ import annotations

import asyncio
import threading
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

log = structlog.get_logger(__name__)

OVERTAKEN = "A newer run or answer of this round came after it."
_FAULT = {"verdict": "judge-error", "message": "something went wrong on our side; run again"}


@dataclass(eq=False)
class _Try:
    round_id: str
    key: str
    place: Place
    cancel: threading.Event = field(default_factory=threading.Event)
    task: asyncio.Task[None] | None = None


class Tries:
    """At most one try a round: a newer one ends the one before. Its events go to the channel `round/run`."""

    def __init__(self, answering: Answering, channels: Channels) -> None:
        self._answering = answering
        self._channels = channels
        self._newest: dict[str, _Try] = {}
        self._tasks: set[asyncio.Task[None]] = set()

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
        one = self._newest[round_id] = _Try(round_id, key, place)
        one.task = asyncio.create_task(self._run(one, job), name=f"try-{run_id}")
        self._tasks.add(one.task)
        one.task.add_done_callback(self._tasks.discard)
        return run_id

    def end(self, round_id: str, why: str = OVERTAKEN) -> None:
        """End the round's try, if one waits or runs, and say *why*: by itself that something newer matters now."""
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
