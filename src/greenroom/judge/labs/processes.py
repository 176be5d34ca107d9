"""One process of a candidate's project, from its sandbox to its report, watched by a thread of its own."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any

from greenroom.bank.specs import Limits
from greenroom.judge import census, reading
from greenroom.judge.box import Box
from greenroom.judge.compiling import send_files
from greenroom.judge.exchange import Exchange, job_of
from greenroom.judge.faults import BoxError, UnbegunError, begin
from greenroom.judge.reading import UNBEGUN, Report
from greenroom.judge.watching import Watch, deadline_of

FOLDER = "project"
_SAID = 4000
_WHY = {"cpu": "time-limit", "wall": "time-limit", "memory": "memory-limit", "output": "output-limit"}


class Process:
    """A process with *files* in *box*. `ends` are the examiner's two ends of its pipes; `begin` must be called.

    *on_end* is called once with it and what the examiner is told of its end, in the thread that watches it.
    """

    def __init__(
        self, number: int, box: Box, limits: Limits, on_end: Callable[[Process, dict[str, Any], bytes], None]
    ) -> None:
        self.number, self.box = number, box
        self._limits, self._on_end = limits, on_end
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._seen_kb: Callable[[], int] = lambda: 0
        self.report: Report | None = None
        self.failure: BoxError | None = None

    def begin(self, files: Mapping[str, bytes]) -> tuple[int, int]:
        """Start it; returns (what it says, what is said to it), which the caller closes. Raises BoxError."""
        self.box.ready()
        send_files(self.box, "scratch", {f"{FOLDER}/{path}": content for path, content in files.items()})
        try:
            heard, mouth = os.pipe()
            try:
                ear, spoken = os.pipe()
            except OSError:
                os.close(heard)
                os.close(mouth)
                raise
        except OSError as error:
            raise BoxError(f"no pipes: {error.strerror}") from None
        head = {"op": "case", "form": "lab", "folder": FOLDER, "limits": self._limits.model_dump()}
        try:
            exchange = Exchange(self.box, head, job_of(b"", b""), b"", (ear, mouth))
        except BoxError:
            for end in (heard, spoken):
                os.close(end)
            raise
        name = f"greenroom-process-{self.number}"
        thread = threading.Thread(target=self._watch, args=(exchange,), name=name, daemon=True)
        try:
            begin(thread)
        except BoxError:
            exchange.close()
            for end in (heard, spoken):
                os.close(end)
            raise
        self._thread = thread
        return heard, spoken

    def usage(self) -> dict[str, float] | None:
        """What it uses now, for the examiner; empty where the system does not say, None when it is gone.

        The memory of processes that it has made and that have ended again is known by the census alone (every 20 ms).
        """
        if not self.box.idle_kb:
            return {}
        found = census.usage(self.box.pid, self.box.idle_kb)
        if found is None:
            return None
        peak_kb = max(found.peak_kb, self._seen_kb())
        return {"resident_mb": found.resident_kb / 1024, "peak_mb": peak_kb / 1024, "cpu_s": found.cpu_s}

    def end(self) -> None:
        """It is not needed any more."""
        self._wanted.set()

    def join(self) -> None:
        """Wait for its end."""
        if self._thread is not None:
            self._thread.join()

    def _watch(self, exchange: Exchange) -> None:
        watch = Watch(self.box, self._limits)
        self._seen_kb = lambda: watch.peak_kb
        told = False

        def tick() -> None:
            nonlocal told
            watch.look()
            if self._wanted.is_set() and not told:
                told = True
                self.box.send({"op": "kill", "why": "over"})

        try:
            report = exchange.finish(deadline_of(self._limits), tick, watch.overdue)
            self.report = report = watch.amend(report, taken_off_mb=report.idle_mb)
            self._on_end(self, *_told(report))
        except BoxError as error:
            if self._wanted.is_set() and isinstance(error, UnbegunError):  # not needed any more before it had begun
                self.report = UNBEGUN
            else:
                self.failure = error
            self._on_end(self, {"exit": -9, "killed": None}, b"")
        finally:
            with contextlib.suppress(OSError):
                exchange.close()


def _told(report: Report) -> tuple[dict[str, Any], bytes]:
    """What the examiner is told: how it ended, and the end of what it printed."""
    said = reading.clean(report.stderr[-_SAID:].decode("utf-8", "replace"), _SAID)
    return {"exit": report.exit_code, "killed": _WHY.get(report.killed or "")}, said.encode("utf-8")
