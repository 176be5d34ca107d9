"""A submission as its cases are run: with a package's arguments, files and input, alone or with an interactor."""

from __future__ import annotations

import contextlib
import mmap
import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from greenroom.bank.kattis.cases import Case
from greenroom.bank.kattis.package import Program as Source
from greenroom.bank.specs import Limits
from greenroom.judge.box import Box
from greenroom.judge.compiling import Program, job, send_files
from greenroom.judge.exchange import Exchange, job_of
from greenroom.judge.faults import BoxError, JudgeFaultError, LostError, UnbegunError, begin, judge_faults
from greenroom.judge.problems.programs import Tools
from greenroom.judge.problems.validating import FEEDBACK, REJECTED, arguments_for
from greenroom.judge.reading import Report
from greenroom.judge.watching import MOST_WAITED, Watch, deadline_of

_REJECTED_WHY = "rejected"


@dataclass(frozen=True)
class Talk:
    """How an interactive case went: both ends, and who was done first."""

    answer: Report
    interactor: Report
    answer_first: bool

    @property
    def rejected_first(self) -> bool:
        """Whether the interactor had rejected before the submission ended: then that decides, however it ended."""
        return self.interactor.exit_code == REJECTED and not self.answer_first

    @property
    def broken_off(self) -> bool:
        """Whether the interactor came to no judgement because nobody was there any more to speak with."""
        ends = (-signal.SIGPIPE, 128 + signal.SIGPIPE)  # its own, or as a shell around it says
        silenced = self.interactor.exit_code in ends or b"BrokenPipeError" in self.interactor.stderr
        return silenced and self.answer_first


class Answers:
    """A *source* (Python's, as handed in, or a compiled program) and the sandbox in which its cases run.

    *start* gives a sandbox, with True one that is made anew; a lost one is replaced once a case.
    Raises JudgeFaultError.
    """

    def __init__(
        self,
        start: Callable[[bool], Box],
        source: bytes | Program,
        limits: Limits,
        look: Callable[[], None],
        *,
        has_libraries: bool = False,
    ) -> None:
        self._start = start
        self._source = source
        self._limits = limits
        self._look = look
        self._box: Box | None = None
        self._loaded = self._anew = False
        self._has_libraries = has_libraries and not isinstance(source, Program)

    def check(self) -> Report:
        """What a process says that only tries whether Python's source can be run at all."""
        head = {"op": "case", "form": "check", "entry": None, "limits": self._limits.model_dump()}
        assert isinstance(self._source, bytes)
        source = self._source
        return self._twice(lambda box: Exchange(box, head, job_of(source, b""), b""))

    def run(self, case: Case, given: bytes | None = None) -> Report:
        """The report of *case*, which is repeated once when its sandbox is lost (`Answering.receive`).

        It reads the case's input, or what is *given* in its place.
        """
        stdin = contents(case.input) if given is None else given
        return self._twice(lambda box: self._begun(box, case, stdin))

    def talk(self, case: Case, interactor: Source, tools: Tools, files: Mapping[str, bytes]) -> Talk:
        """Run *case* with *interactor*, which finds *files* around it, at the other end of its stdin and stdout."""
        try:
            return self._talk(case, interactor, tools, files)
        except (BoxError, LostError):
            self._give_up()
        with judge_faults("the sandbox"):
            return self._talk(case, interactor, tools, files)

    def abandon(self) -> None:
        """End the sandbox with the case that is in it; the next one gets another."""
        self._give_up()

    def _twice(self, begin: Callable[[Box], Exchange]) -> Report:
        for last in (False, True):
            box = self._ready()
            try:
                exchange = begin(box)
                return self._finish(box, exchange, lambda: None)
            except BoxError as error:
                if last and (box.tier == 1 or isinstance(error, UnbegunError)):
                    raise JudgeFaultError(f"the sandbox was lost twice in one case: {error}") from None
                self._give_up()
        return Report("lost", 0, 0.0, 0.0, 0.0, b"", b"", b"")

    def _ready(self) -> Box:
        with judge_faults("the sandbox"):
            if self._box is None:
                self._box = self._start(self._anew)
                self._loaded = False
            self._box.ready()
            if isinstance(self._source, Program) and not (self._loaded and "Landlock" in self._box.walls):
                send_files(self._box, "built", self._source.files)
            self._loaded = True
            return self._box

    def _give_up(self) -> None:
        if self._box is not None:
            self._box.kill()
            self._box, self._anew = None, True

    def _begun(self, box: Box, case: Case, stdin: bytes | memoryview, line: _Line | None = None) -> Exchange:
        files = {path.relative_to(case.files_folder or path.parent).as_posix(): path for path in case.files}
        if files:
            send_files(box, "scratch", {name: path.read_bytes() for name, path in files.items()})
        if isinstance(self._source, Program):
            language = self._source.language
            head = job(self._source.command, self._limits, language, case.args, held=box.holds_memory)
            return Exchange(box, head, b"", stdin, line.ours() if line else None)
        limits = self._limits.model_dump()
        head = {"op": "case", "form": "program", "entry": None, "limits": limits, "args": list(case.args)}
        given = job_of(self._source, b"")
        return Exchange(box, head, given, stdin, line.ours() if line else None)

    def _finish(self, box: Box, exchange: Exchange, on_tick: Callable[[], None]) -> Report:
        watch = Watch(box, self._limits)

        def tick() -> None:
            self._look()
            watch.look()
            on_tick()

        try:
            report = exchange.finish(deadline_of(self._limits), tick, watch.overdue)
            taken_off_mb = report.idle_mb if self._has_libraries else 0.0
            report = watch.amend(report, taken_off_mb=taken_off_mb, program=isinstance(self._source, Program))
        finally:
            exchange.close()
        lack = box.lack(self._limits.disk_mb) if report.exit_code or report.killed else None
        if lack is not None:  # /tmp is empty again: it was not the case that filled the disk
            raise JudgeFaultError(f"the sandbox: {lack}")
        return report

    def _talk(self, case: Case, interactor: Source, tools: Tools, files: Mapping[str, bytes]) -> Talk:
        box = self._ready()
        try:
            pipes = _Line()
        except OSError as error:
            raise BoxError(f"no pipes: {error.strerror}") from None
        with pipes as line:
            running = tools.begin(
                interactor,
                arguments_for(case, interactor),
                files,
                b"",
                keep=FEEDBACK,
                talk=line.theirs(),
                longer_s=self._limits.wall_s * (1 + MOST_WAITED),
            )
            try:
                listening = _Listening(lambda: tools.end(interactor, running), line.interactor_ended)
            except BoxError:
                tools.abandon(interactor)
                raise
            try:
                exchange = self._begun(box, case, b"", line)
                answer = self._finish(box, exchange, lambda: _end_when_rejected(box, listening))
                first = listening.waits
            except BaseException:
                line.close()  # the interactor reads the end of its input
                listening.join()
                raise
            line.answer_ended()
            return Talk(answer, listening.result(), first)


def _end_when_rejected(box: Box, listening: _Listening) -> None:
    report = listening.report
    if report is not None and report.exit_code == REJECTED and not listening.told:
        listening.told = True
        box.send({"op": "kill", "why": _REJECTED_WHY})


class _Listening(threading.Thread):
    """The wait for the interactor, beside the wait for the submission."""

    def __init__(self, end: Callable[[], Report], on_end: Callable[[], None]) -> None:
        super().__init__(name="greenroom-interactor", daemon=True)
        self._end, self._on_end = end, on_end
        self.report: Report | None = None
        self.told = False
        self._failure: Exception | None = None
        begin(self)

    def run(self) -> None:
        try:
            self.report = self._end()
        except Exception as error:
            self._failure = error
        finally:
            self._on_end()

    @property
    def waits(self) -> bool:
        """Whether the interactor has not ended yet."""
        return self.report is None and self._failure is None

    def result(self) -> Report:
        self.join()
        if self._failure is not None:
            raise self._failure
        assert self.report is not None
        return self.report


class _Line:
    """Two pipes between a submission and its interactor.

    Copies of all four ends are kept until the report of the one that was given them has arrived. So neither notices the
    other's end before it is known who ended first: what an end brings about cannot be taken for its cause.
    """

    def __init__(self) -> None:
        with contextlib.ExitStack() as stack:
            self._to_interactor = _opened(stack, *os.pipe())
            self._to_answer = _opened(stack, *os.pipe())
            self._kept_for_answer = _copies(stack, self._to_answer[0], self._to_interactor[1])
            self._kept_for_interactor = _copies(stack, self._to_interactor[0], self._to_answer[1])
            stack.pop_all()
        self._given: set[int] = set()
        self._lock = threading.Lock()

    def theirs(self) -> tuple[int, int]:
        """The interactor's stdin and stdout, given away."""
        return self._give(self._to_interactor[0], self._to_answer[1])

    def ours(self) -> tuple[int, int]:
        """The submission's stdin and stdout, given away."""
        return self._give(self._to_answer[0], self._to_interactor[1])

    def _give(self, stdin: int, stdout: int) -> tuple[int, int]:
        self._given |= {stdin, stdout}
        return stdin, stdout

    def answer_ended(self) -> None:
        """The submission's report is here: let the interactor notice."""
        self._shut(self._kept_for_answer)

    def interactor_ended(self) -> None:
        """The interactor's report is here: let the submission notice."""
        self._shut(self._kept_for_interactor)

    def _shut(self, ends: list[int]) -> None:
        with self._lock:
            while ends:
                os.close(ends.pop())

    def close(self) -> None:
        """Close all that nobody was given, and the copies."""
        self._shut([end for end in (*self._to_interactor, *self._to_answer) if end not in self._given])
        self._given |= {*self._to_interactor, *self._to_answer}
        self._shut(self._kept_for_answer)
        self._shut(self._kept_for_interactor)

    def __enter__(self) -> _Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _opened(stack: contextlib.ExitStack, read: int, write: int) -> tuple[int, int]:
    for end in (read, write):
        stack.callback(os.close, end)
    return read, write


def _copies(stack: contextlib.ExitStack, *ends: int) -> list[int]:
    return list(_opened(stack, os.dup(ends[0]), os.dup(ends[1])))


def contents(path: Path) -> bytes | memoryview:
    """The bytes of *path*, without copying them: inputs may be large."""
    with path.open("rb") as stream:
        if not os.fstat(stream.fileno()).st_size:
            return b""
        return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
