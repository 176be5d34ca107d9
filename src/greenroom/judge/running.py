"""One submission from source to result: an examiner, a sandbox and the messages between them.

The examiner makes a case, the supervisor hands its arguments to the examinee, asks the examiner for the next one while
the candidate's code runs, and hands the answer back to be judged. The supervisor itself reads neither arguments nor
answers; it holds the clock, the limits and the candidate's wish to stop.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog

from greenroom.bank.models import Item
from greenroom.judge import reading, scoring
from greenroom.judge.answering import Answering
from greenroom.judge.box import Box
from greenroom.judge.calling import drivers
from greenroom.judge.compiling import LIMITS as COMPILER_LIMITS
from greenroom.judge.compiling import Program, UncompiledError, compiled, hold_size
from greenroom.judge.examiners import Examiners
from greenroom.judge.examining import Examination
from greenroom.judge.faults import CancelledError, JudgeFaultError, LostError, judge_faults
from greenroom.judge.languages import Language, file_name
from greenroom.judge.places import Loan
from greenroom.judge.reading import Reading, Report
from greenroom.judge.results import CaseResult, RunResult, Verdict
from greenroom.judge.sheets import Sheet
from greenroom.judge.spares import Spares
from greenroom.judge.spreading import Question, Spreading, may_spread, pays

log = structlog.get_logger(__name__)

_SHOWN_OUTPUT = 4000
_REASONS = {
    "type": "returned a value of another type than declared",
    "garbled": "gave an answer that cannot be read",
}

OnCase = Callable[[CaseResult], None]


class Run:
    """One submission of *source* to *item*: an examination by *examiners*, sandboxes from *spares* and back to them.

    *language* is None for Python. Places that *borrow* gives let cases run beside each other. `execute` does it all,
    once; `stop` may be called from another thread.
    """

    def __init__(
        self,
        examiners: Examiners,
        spares: Spares,
        tier: int,
        item: Item,
        source: str,
        *,
        language: Language | None = None,
        visible_only: bool = False,
        brief: bool = False,
        on_case: OnCase | None = None,
        cancel: threading.Event | None = None,
        borrow: Callable[[], Loan | None] | None = None,
    ) -> None:
        if item.head.code is None:
            raise ValueError(f"{item.slug} is no code item")
        self.item, self.spec, self.limits = item, item.head.code, item.head.limits
        self._examiners = examiners
        self._spares, self._tier = spares, tier
        self._language = language
        self._source = source.encode("utf-8", "surrogatepass")
        self._visible_only, self._brief = visible_only, brief
        self._on_case = on_case
        self._cancel = cancel
        self._borrow = borrow if borrow is not None and may_spread(item.head.rubric) else None
        self._stopped = threading.Event()
        self._results: list[CaseResult] = []
        self._all_or_nothing = scoring.all_or_nothing(item.head.rubric)
        self._over: set[str] = set()
        self._sound = False
        self._told = 0

    def stop(self) -> None:
        """End the run soon, as if it had been cancelled."""
        self._stopped.set()

    def execute(self) -> RunResult:
        """The result. A run that loses its examiner's sandbox is repeated once.

        Raises JudgeFaultError when the judge or the item failed, CancelledError when it was stopped.
        """
        try:
            return self._attempt()
        except LostError as error:
            log.warning("a run is repeated", item=self.item.slug, reason=str(error))
        self._results, self._over = [], set()
        return self._attempt()

    def _attempt(self) -> RunResult:
        with contextlib.ExitStack() as stack:
            self._look()
            examination = self._examiners.examination(self.item, visible_only=self._visible_only)
            stack.callback(examination.close)
            examination.ask()
            try:
                source = self._ready_to_run()
                another = partial(Answering, partial(self._start, stack), self.spec, self.limits, source)
                skipped = self._all_cases(examination, another)
            except UncompiledError as error:
                self._sound = True
                return self._uncompiled(str(error))
            self._sound = True
        return self._summary(skipped)

    def _ready_to_run(self) -> bytes | Program:
        hold_size([self._source])
        language = self._language
        if language is None:
            return self._source
        text, entry = self._source.decode("utf-8", "replace"), None
        sources: Mapping[str, bytes] = {file_name(language.name, text): self._source}
        if self.spec.form == "function":
            sources, entry = drivers.sources(language.name, self.spec, text), drivers.entry(language.name)
        return compiled(
            language,
            sources,
            self.limits,
            lambda: self._spares.make("compiler", COMPILER_LIMITS, language.tools),
            self._look,
            entry=entry,
        )

    def _start(self, stack: contextlib.ExitStack, anew: bool) -> Box:
        self._look()
        with judge_faults("the sandbox"):
            runtime = self._language.runtime if self._language else None
            box = self._spares.for_submission(self.limits, runtime, self.spec.environment, anew=anew)
        stack.callback(lambda: self._spares.release(box, again=self._sound and box.walls != ()))
        return box

    def _look(self) -> None:
        if self._stopped.is_set() or (self._cancel is not None and self._cancel.is_set()):
            raise CancelledError("the run was cancelled")

    def _all_cases(self, examination: Examination | Sheet, another: Callable[[], Answering]) -> Counter[str]:
        """Run the cases in order, or beside each other once that pays; returns how many were left out, by group.

        The next case is read before the last answer is sent: the examiner never waits for us while we wait for it.
        Hidden cases of a group that is over are left out (`_look_on`).
        """
        answering = another()
        left_out: Counter[str] = Counter()
        ahead = self._visible_only or not self.spec.stop_at_first_failure
        asked = examination.case(self._look)
        while asked is not None:
            self._look()
            head, question = asked
            if self._left_out(head):
                left_out[head["group"]] += 1
                examination.ask()
                asked = examination.case(self._look)
                continue
            answering.send(question)
            if ahead:
                examination.ask()
            report = answering.receive(self._look)
            self._hold_compiled(report, answering)
            asked = examination.case(self._look) if ahead else None
            result = self._settle(head, report, examination)
            if not ahead:
                if result.verdict is not Verdict.accepted:
                    return left_out + examination.rest(self._look)
                examination.ask()
                asked = examination.case(self._look)
            if asked is not None and (loan := self._second_place()) is not None:
                course = _InOrder(self, examination, ahead)
                with Spreading(course, another, loan, self._borrow or (lambda: None)) as spreading:
                    left_out += spreading.run(asked, answering)
                return left_out + examination.rest(self._look) if spreading.cut_short else left_out
        return left_out

    def _second_place(self) -> Loan | None:
        return self._borrow() if self._borrow is not None and pays(self._results) else None

    def _left_out(self, head: dict[str, Any]) -> bool:
        return head["group"] in self._over and not head["visible"]

    def _settle(self, head: dict[str, Any], report: Report, examination: Examination | Sheet) -> CaseResult:
        result = self._decided(head, report, examination)
        self._results.append(result)
        self._look_on(result)
        if self._on_case is not None and len(self._results) > self._told:
            self._told += 1
            self._on_case(result)
        return result

    def _look_on(self, result: CaseResult) -> None:
        """After *result*, decide whether the rest of its group can still change anything.

        A group that is worth nothing unless all of it passes is lost with its first failure. The rest of it would still
        tell the candidate something; but once a hidden case took more than the time limit, each of the others would
        make them wait as long. A brief run wants the points and the verdict alone.
        """
        lost = result.verdict is not Verdict.accepted and result.group in self._all_or_nothing
        slow = result.verdict is Verdict.time_limit and not result.visible
        if lost and (slow or self._brief):
            self._over.add(result.group)

    def _hold_compiled(self, report: Report, answering: Answering) -> None:
        """Raise UncompiledError when the first case says that the source cannot be run, and it cannot.

        The reason comes from a process of its own, which has seen no argument of any case: so it may be shown.
        """
        if self._results or not reading.claims_uncompiled(report):
            return
        failure = answering.check(self._look)
        if failure is not None:
            raise UncompiledError(failure)

    def _decided(self, head: dict[str, Any], report: Report, examination: Examination | Sheet) -> CaseResult:
        exhausted = self._language.exhausted if self._language else b""
        read = reading.read(report, self.spec.form, self.limits, exhausted=exhausted)
        said: dict[str, Any] = {}
        if read.verdict is None or head["visible"]:
            answer = read.answer if read.verdict is None else None
            said = examination.judge(head["index"], answer, self._look)
        if read.verdict is None:
            read = _judged(said)
        return self._case_result(head, report, read, said)

    def _case_result(self, head: dict[str, Any], report: Report, read: Reading, said: dict[str, Any]) -> CaseResult:
        visible = bool(head["visible"])
        assert read.verdict is not None
        shown = self._shown(head, report, said) if visible else {}
        return CaseResult(
            name=reading.clean(str(head["name"])),
            group=str(head["group"]),
            visible=visible,
            verdict=read.verdict,
            cpu_s=round(report.cpu_s, 6),
            wall_s=round(report.wall_s, 6),
            peak_mb=round(report.peak_mb, 3),
            message=read.message if visible else read.bare,
            **shown,
        )

    def _shown(self, head: dict[str, Any], report: Report, said: dict[str, Any]) -> dict[str, str | None]:
        question = "args" if self.spec.form == "function" else "stdin"
        printed = report.stdout[: _SHOWN_OUTPUT + 1].decode("utf-8", "replace")
        texts = {"expected": said.get("expected"), "actual": said.get("actual"), question: head.get("args")}
        shown = {name: reading.clean(str(text), 1100) for name, text in texts.items() if text is not None}
        return {**shown, "stdout": reading.clean(printed, _SHOWN_OUTPUT) if printed else None}

    def _uncompiled(self, failure: str) -> RunResult:
        result = scoring.uncompiled(self.item, tier=self._tier, message=failure)
        return result.model_copy(update={"findings": ()}) if self._visible_only else result

    def _summary(self, skipped: Counter[str]) -> RunResult:
        try:
            return scoring.summarise(
                self.item, self._results, tier=self._tier, skipped=skipped, visible_only=self._visible_only
            )
        except scoring.RubricFaultError as error:
            raise JudgeFaultError(str(error)) from None


class _InOrder:
    """A run as `Spreading` has its cases: when not *ahead*, the first failure ends it."""

    def __init__(self, run: Run, examination: Examination | Sheet, ahead: bool) -> None:
        self._run = run
        self._examination = examination
        self._ahead = ahead
        self.look = run._look
        self.over = run._left_out

    def following(self) -> Question | None:
        self._examination.ask()
        return self._examination.case(self.look)

    def settle(self, head: dict[str, Any], report: Report) -> bool:
        result = self._run._settle(head, report, self._examination)
        return self._ahead or result.verdict is Verdict.accepted


def _judged(said: dict[str, Any]) -> Reading:
    """The examiner's word as a reading. Its reasons may quote what is expected, so they are for visible cases."""
    if said.get("ok") is True:
        return Reading(Verdict.accepted)
    bare = _REASONS.get(str(said.get("sort")), "not the expected answer")
    reason = said.get("reason")
    told = reading.clean(f"returned {reason}" if said.get("sort") == "type" else str(reason)) if reason else bare
    return Reading(Verdict.wrong_answer, told, bare)
