"""The evaluation that admins look at: it takes a minute or more, runs beside the server, and the last one is kept."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from greenroom.bank.models import Item
from greenroom.grading.scoring.declared import evaluate_bank
from greenroom.grading.scoring.evaluation import Settings
from greenroom.grading.service import Grader
from greenroom.kernel.clock import Clock
from greenroom.kernel.errors import ConflictError

log = structlog.get_logger(__name__)


class _Stopped(Exception):
    """The server ends."""


class Evaluations:
    """Measures the grader that comes with Greenroom on *items*; the report is kept in *file*, one for the server."""

    def __init__(self, file: Path, items: Sequence[Item], clock: Clock) -> None:
        self._file, self._items, self._clock = file, items, clock
        self._task: asyncio.Task[None] | None = None
        self._stop = threading.Event()
        self.done: tuple[int, int] = (0, 0)
        """How many items were read, and of how many, while it runs."""

    @property
    def running(self) -> bool:
        """Whether one runs now, in this process."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Begin one. Raises ConflictError while another runs."""
        if self.running:
            raise ConflictError("it runs already", mend="wait for its end")
        self.done = (0, 0)
        self._task = asyncio.create_task(self._run(), name="grader-evaluation")

    async def last(self) -> dict[str, Any] | None:
        """The report of the last one with `made_at`; None when there is none that can be read."""
        return await asyncio.to_thread(self._read)

    async def close(self) -> None:
        """Stop what runs, after the item that it is at."""
        self._stop.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        try:
            await asyncio.to_thread(self._measure)
        except _Stopped:
            pass
        except Exception:
            log.exception("the evaluation failed")

    def _measure(self) -> None:
        report = evaluate_bank(self._items, Grader(), Settings(), self._progress)
        report |= {"protocol": "declared answers", "made_at": self._clock.now().isoformat(timespec="seconds")}
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(report), encoding="utf-8")
        new.replace(self._file)

    def _progress(self, _what: str, done: int, total: int) -> None:
        self.done = (done, total)
        if self._stop.is_set():
            raise _Stopped

    def _read(self) -> dict[str, Any] | None:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            return found if {"plots", "classes", "made_at"} <= found.keys() else None
        except (OSError, ValueError, AttributeError):
            return None
