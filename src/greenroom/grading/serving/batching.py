"""Natural batching: whatever has queued while the model was busy is read next, together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from greenroom.grading.registry.errors import GraderBusy
from greenroom.grading.registry.protocols import Row

Result = TypeVar("Result")


@dataclass
class _Waiting(Generic[Result]):
    rows: Sequence[Row]
    done: asyncio.Future[list[Result]] = field(repr=False)


class Batches(Generic[Result]):
    """A bounded queue before a model. Nothing waits for a batch to fill: alone, a request is read at once.

    *read* runs in a thread of its own. At most *most_waiting* rows wait, and *most_rows* are read together.
    *at_once* reads what takes less time than handing it to that thread and back, and gives None for all else.
    """

    def __init__(
        self, read: Callable[[Sequence[Row]], list[Result]], *, most_waiting: int = 256, most_rows: int = 64,
        at_once: Callable[[Sequence[Row]], list[Result] | None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._read, self._most_waiting, self._most_rows = read, most_waiting, most_rows
        self._at_once = at_once
        self._waiting: deque[_Waiting[Result]] = deque()
        self._rows_waiting = 0
        self._thread = ThreadPoolExecutor(1, "grader")
        self._working: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many rows wait."""
        return self._rows_waiting

    async def score(self, rows: Sequence[Row]) -> list[Result]:
        """One result for each row. Raises GraderBusy when they find no room, and what the model raises."""
        if self._closed or self._rows_waiting + len(rows) > self._most_waiting:
            raise GraderBusy
        if not rows:
            return []
        one: _Waiting[Result] = _Waiting(rows, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        self._rows_waiting += len(rows)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="grader")
        return await one.done

    async def close(self) -> None:
        """Let what waits be read, and take no more."""
        self._closed = True
        if self._working is not None:
            await self._working
        self._thread.shutdown(wait=True)

    async def _work(self) -> None:
        while self._waiting:
            batch = self._take()
            rows = [row for one in batch for row in one.rows]
            if not rows:
                continue
            quick = self._at_once(rows)
            if quick is not None:
                _hand_out(batch, quick)
                await asyncio.sleep(0)  # others have their turn between two batches
                continue
            try:
                found = await asyncio.get_running_loop().run_in_executor(self._thread, self._read, rows)
            except Exception as error:
                await self._one_by_one(batch, error)
            else:
                _hand_out(batch, found)

    def _take(self) -> list[_Waiting[Result]]:
        """The next batch, without those whose callers have gone away."""
        batch: list[_Waiting[Result]] = []
        count = 0
        while self._waiting and (not batch or count + len(self._waiting[0].rows) <= self._most_rows):
            one = self._waiting.popleft()
            self._rows_waiting -= len(one.rows)
            if not one.done.done():
                batch.append(one)
                count += len(one.rows)
        return batch

    async def _one_by_one(self, batch: Sequence[_Waiting[Result]], error: Exception) -> None:
        """One bad request must not fail those that were read with it."""
        for one in batch:
            failed, found = error, None
            if len(batch) > 1:
                try:
                    found = await asyncio.get_running_loop().run_in_executor(self._thread, self._read, one.rows)
                except Exception as again:
                    failed = again
            if one.done.done():
                continue
            if found is None:
                one.done.set_exception(failed)
            else:
                one.done.set_result(found)


def _hand_out(batch: Sequence[_Waiting[Result]], found: Sequence[Result]) -> None:
    at = 0
    for one in batch:
        if not one.done.done():
            one.done.set_result(list(found[at : at + len(one.rows)]))
        at += len(one.rows)
