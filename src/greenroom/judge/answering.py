"""The examinee's sandbox as the supervisor drives it: one case at a time, watched, and replaced when it is lost."""

from __future__ import annotations

import time
from collections.abc import Callable

from greenroom.bank.models import CodeSpec, Limits
from greenroom.judge import census, reading
from greenroom.judge.box import Box
from greenroom.judge.compiling import Program, job, send_files
from greenroom.judge.exchange import Exchange, job_of
from greenroom.judge.faults import BoxError, judge_faults
from greenroom.judge.reading import Report

MOST_WAITED = 4
"""A case that had to wait for a core gets that time back, up to so many times its wall limit."""

_GRACE_S = 10.0
"""Seconds above all that after which init itself is taken to be lost."""

_WORTHWHILE = 0.05
"""Share of the wall limit that a case must have waited since it was last given time."""


class Answering:
    """A source, and the sandbox in which its cases run. *start* makes a sandbox; a lost one is replaced once a case.

    The source is Python's, as it was handed in, or a compiled program of another language.
    """

    def __init__(self, start: Callable[[], Box], spec: CodeSpec, limits: Limits, source: bytes | Program) -> None:
        self._start = start
        self._source = source
        self._limits = limits
        self._entry = spec.entry if spec.form == "function" else None
        self._form: str = spec.form
        self._has_libraries = spec.environment != "plain" and not isinstance(source, Program)
        self._box = start()
        self._loaded = False
        self._body = b""
        self._exchange: Exchange | None = None

    def check(self, on_tick: Callable[[], None]) -> str | None:
        """Why the source cannot be run at all, or None."""
        if isinstance(self._source, Program):
            return None
        self.send(b"", form="check")
        return reading.compile_failure(self.receive(on_tick, form="check"))

    def send(self, body: bytes, *, form: str | None = None) -> None:
        """Begin a case with *body*: encoded arguments, or stdin."""
        self._body = body
        with judge_faults("the sandbox"):
            self._ready()
        try:
            self._hand_over(form or self._form)
        except BoxError:
            return  # `receive` finds it lost, and replaces it

    def receive(self, on_tick: Callable[[], None], *, form: str | None = None) -> Report:
        """The report of the case. A case that loses two sandboxes is held to have ended them: it reports as `lost`."""
        try:
            return self._report(on_tick)
        except BoxError:
            self._replace()
        try:
            self._hand_over(form or self._form)
            return self._report(on_tick)
        except BoxError:
            self._replace()
            return Report("lost", 0, 0.0, 0.0, 0.0, b"", b"", b"")

    def _replace(self) -> None:
        self._box.kill()
        with judge_faults("the sandbox"):
            self._box = self._start()
            self._loaded = False
            self._ready()

    def _ready(self) -> None:
        self._box.ready()
        # Without Landlock nothing keeps a case from changing its own program: then each case gets it anew.
        if self._loaded and (not isinstance(self._source, Program) or "Landlock" in self._box.walls):
            return
        if isinstance(self._source, Program):
            send_files(self._box, "built", self._source.files)
        self._loaded = True

    def _hand_over(self, form: str) -> None:
        self._close()
        if isinstance(self._source, Program):
            head = job(self._source.command, self._limits, self._source.language)
            self._exchange = Exchange(self._box, head, b"", self._body)
            return
        head = {"op": "case", "form": form, "entry": self._entry, "limits": self._limits.model_dump()}
        given, stdin = (b"", self._body) if form == "program" else (self._body, b"")
        self._exchange = Exchange(self._box, head, job_of(self._source, given), stdin)

    def _report(self, on_tick: Callable[[], None]) -> Report:
        if self._exchange is None:
            raise BoxError("the sandbox did not take the case")
        exchange, self._exchange = self._exchange, None
        watch = Watch(self._box, self._limits)

        def tick() -> None:
            on_tick()
            watch.look()

        deadline = time.monotonic() + self._limits.wall_s * (1 + MOST_WAITED) + _GRACE_S
        try:
            report = exchange.finish(deadline, tick, watch.overdue)
            return watch.amend(report, taken_off_mb=report.idle_mb if self._has_libraries else 0.0)
        finally:
            exchange.close()

    def _close(self) -> None:
        if self._exchange is not None:
            self._exchange.close()
            self._exchange = None


class Watch:
    """What no process can count by itself: the memory and the CPU time of all processes of a case together."""

    def __init__(self, box: Box, limits: Limits) -> None:
        self._box = box
        self._limits = limits
        self._told = False
        self._peak_kb = 0
        self._given_s = 0.0

    def look(self) -> None:
        """Take the census; tell init to end the case when a limit is passed."""
        found = census.take(self._box.pid, self._box.idle_kb)
        self._peak_kb = max(self._peak_kb, found.memory_kb)
        why = self._excess(found)
        if why is not None and not self._told:
            self._told = True
            self._box.send({"op": "kill", "why": why})

    def overdue(self) -> None:
        """The wall limit is reached: give back what the case spent waiting for a core, or end it."""
        waited = census.take(self._box.pid, self._box.idle_kb).waited_s
        allowed = min(waited, MOST_WAITED * self._limits.wall_s)
        if allowed >= self._given_s + _WORTHWHILE * self._limits.wall_s:
            self._given_s = allowed
            self._box.send({"op": "waited", "s": allowed})
        else:
            self._box.send({"op": "kill", "why": "wall"})

    def _excess(self, found: census.Census) -> str | None:
        if found.memory_kb > self._limits.memory_mb * 1024:
            return "memory"
        return "cpu" if found.cpu_s > self._limits.cpu_s else None

    def amend(self, report: Report, *, taken_off_mb: float) -> Report:
        """*report* with what the census saw beyond it; its CPU time, of all processes, is held to the limit again.

        *taken_off_mb* of its peak are libraries that it was given: no use of its own, and not what its limit is about.
        """
        over = report.killed is None and report.cpu_s > self._limits.cpu_s
        peak_mb = max(report.peak_mb - taken_off_mb, self._peak_kb / 1024)
        return report.changed(killed="cpu" if over else None, peak_mb=peak_mb)
