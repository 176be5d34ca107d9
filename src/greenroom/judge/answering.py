"""The examinee's sandbox as the supervisor drives it: one case at a time, watched, and replaced when it is lost."""

from __future__ import annotations

from collections.abc import Callable

from greenroom.bank.specs import CodeSpec, Limits
from greenroom.judge import reading
from greenroom.judge.box import Box
from greenroom.judge.compiling import Program, job, send_files
from greenroom.judge.exchange import Exchange, job_of
from greenroom.judge.faults import BoxError, JudgeFaultError, UnbegunError, judge_faults
from greenroom.judge.reading import Report
from greenroom.judge.watching import Watch, deadline_of


class Answering:
    """A source, and the sandbox in which its cases run. *start* gives a sandbox; a lost one is replaced once a case.

    Asked with True, *start* gives none that stood ready: what has ended one may have ended them all.

    The source is Python's, as it was handed in, or a compiled program of another language.
    """

    def __init__(self, start: Callable[[bool], Box], spec: CodeSpec, limits: Limits, source: bytes | Program) -> None:
        self._start = start
        self._source = source
        self._limits = limits
        self._entry = spec.entry if spec.form == "function" else None
        self._form: str = spec.form
        self._has_libraries = spec.environment != "plain" and not isinstance(source, Program)
        self._box = start(False)
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
        """The report of the case, which is repeated once when its sandbox is lost.

        Losing a second one is the judge's failure at tier 1, where no case can reach its init, and JudgeFaultError.
        Elsewhere a case can end its sandbox, and reports as `lost`.
        """
        try:
            return self._report(on_tick)
        except BoxError:
            self._replace()
        try:
            self._hand_over(form or self._form)
            return self._report(on_tick)
        except BoxError as error:
            if self._box.tier == 1 or isinstance(error, UnbegunError):
                raise JudgeFaultError(f"the sandbox was lost twice in one case: {error}") from None
            self._replace()
            return Report("lost", 0, 0.0, 0.0, 0.0, b"", b"", b"")

    def abandon(self) -> None:
        """End the sandbox with the case that is in it; neither is of use any more."""
        self._close()
        self._box.kill()

    def _replace(self) -> None:
        self._box.kill()
        with judge_faults("the sandbox"):
            self._box = self._start(True)
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
            head = job(self._source.command, self._limits, self._source.language, held=self._box.holds_memory)
            head["answers"] = self._entry is not None
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

        try:
            report = exchange.finish(deadline_of(self._limits), tick, watch.overdue)
            taken_off_mb = report.idle_mb if self._has_libraries else 0.0
            report = watch.amend(report, taken_off_mb=taken_off_mb, program=isinstance(self._source, Program))
        finally:
            exchange.close()
        lack = self._box.lack(self._limits.disk_mb) if report.exit_code or report.killed else None
        if lack is not None:  # /tmp is empty again: it was not the case that filled the disk
            raise JudgeFaultError(f"the sandbox: {lack}")
        return report

    def _close(self) -> None:
        if self._exchange is not None:
            self._exchange.close()
            self._exchange = None
