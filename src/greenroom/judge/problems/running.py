"""One submission to an item that is a problem package: from source to result."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from greenroom.bank.kattis.cases import Case, Group, LegacyGroupSettings
from greenroom.bank.kattis.package import Package
from greenroom.bank.kattis.timing import wall_limit
from greenroom.bank.models import Item
from greenroom.bank.specs import Limits
from greenroom.judge import reading
from greenroom.judge.box import Box
from greenroom.judge.compiling import LIMITS as COMPILER_LIMITS
from greenroom.judge.compiling import Program, UncompiledError, compiled, hold_size
from greenroom.judge.faults import CancelledError, JudgeFaultError, judge_faults
from greenroom.judge.languages import Language, file_name, python
from greenroom.judge.places import Loan
from greenroom.judge.problems import summing
from greenroom.judge.problems.ahead import Ahead
from greenroom.judge.problems.answers import Answers, Talk
from greenroom.judge.problems.programs import Compiled, Tools, source_files
from greenroom.judge.problems.turns import Turn, together
from greenroom.judge.problems.validating import Judgement, judge_output, judgement_of
from greenroom.judge.problems.walking import Outcome, ScoreError, Walk
from greenroom.judge.reading import Reading, Report
from greenroom.judge.results import CaseResult, RunResult, Verdict
from greenroom.judge.spares import Spares
from greenroom.judge.spreading import may_spread, pays

_SHOWN = 1000
_SHOWN_OUTPUT = 4000
_GRADER_WORDS = {
    "AC": Verdict.accepted,
    "WA": Verdict.wrong_answer,
    "TLE": Verdict.time_limit,
    "RTE": Verdict.runtime_error,
    "MLE": Verdict.memory_limit,
    "OLE": Verdict.output_limit,
}
_WORDS = {verdict: word for word, verdict in _GRADER_WORDS.items()}

Sources = Mapping[str, bytes]


class ProblemRun:
    """One submission of *source* to *item*, whose problem package is *package*.

    *source* is a text or files by name; *language* is None for Python, whose single sources need no compiler. A
    *thorough* run has every case that the format lets it have, so that what a package says of its own submissions can
    be held against all of them; others end with the first case that decides the outcome. `execute` does it all, once;
    `stop` may be called from another thread.
    """

    def __init__(
        self,
        spares: Spares,
        compiled_: Compiled,
        tier: int,
        item: Item,
        package: Package,
        source: str | Sources,
        *,
        language: Language | None = None,
        entry: str | None = None,
        visible_only: bool = False,
        thorough: bool = False,
        on_case: Callable[[CaseResult], None] | None = None,
        cancel: threading.Event | None = None,
        borrow: Callable[[], Loan | None] | None = None,
    ) -> None:
        self.item, self.package, self.limits = item, package, _limits(item, language)
        self._spares, self._compiled, self._tier = spares, compiled_, tier
        if language is None and (not isinstance(source, str) or self._included("python")):
            language = python(spares.interpreter)
        self._language, self._entry = language, entry
        self._sources = source if not isinstance(source, str) else _named(source, language)
        self._environment = item.head.code.environment if item.head.code is not None else "plain"
        self._visible_only, self._thorough = visible_only, thorough
        self._on_case, self._cancel = on_case, cancel
        spreads = may_spread(item.head.rubric) and not package.interactive and not package.multi_pass
        self._borrow = borrow if borrow is not None and spreads else None
        self._ahead: Ahead | None = None
        self._stopped = threading.Event()
        self._results: list[CaseResult] = []
        self._messages: dict[str, str] = {}
        self._sound = False

    def stop(self) -> None:
        """End the run soon, as if it had been cancelled."""
        self._stopped.set()

    def execute(self) -> RunResult:
        """The result. Raises JudgeFaultError when the judge or the item failed, CancelledError when it was stopped."""
        self._look()
        try:
            ready = self._ready_to_run()
        except UncompiledError as error:
            return self._uncompiled(str(error))
        with contextlib.ExitStack() as stack:
            tools = Tools(self.package, self._compiled, self._spares, self._look)
            stack.callback(tools.close)
            self._another = partial(
                Answers, partial(self._start, stack), ready, self._room(), has_libraries=self._environment != "plain"
            )
            try:
                with contextlib.ExitStack() as self._beside:  # ended before the sandboxes are given back
                    result = self._all_cases(self._another(self._look), tools)
            except UncompiledError as error:
                self._sound = True
                return self._uncompiled(str(error))
            self._sound = True
        return result

    def _included(self, language: str) -> Sources:
        """The files that the package lays beside every submission in *language*."""
        include = self.package.include
        root, found = self.package.folder / "include", include.get(language) or include.get("default", ())
        files = source_files(root, found, self.package.constants)
        return {name.partition("/")[2]: content for name, content in files.items()}

    def _ready_to_run(self) -> bytes | Program:
        hold_size(self._sources.values())
        language = self._language
        if language is None:
            return next(iter(self._sources.values()))
        return compiled(
            language,
            {**self._sources, **self._included(language.name)},
            self.limits,
            lambda: self._spares.make("compiler", COMPILER_LIMITS, language.tools),
            self._look,
            entry=self._entry,
            older=True,
        )

    def _room(self) -> Limits:
        """What a case may use with its runtime: a heap may be as large as the limit of memory."""
        overhead_mb = self._language.overhead_mb if self._language else 0
        return self.limits.model_copy(update={"memory_mb": self.limits.memory_mb + overhead_mb})

    def _start(self, stack: contextlib.ExitStack, anew: bool) -> Box:
        self._look()
        with judge_faults("the sandbox"):
            runtime = self._language.runtime if self._language else None
            box = self._spares.for_submission(self.limits, runtime, self._environment, anew=anew)
        # With files of a case in its scratch folder, init has read something of a case.
        again = not any(case.files for case in self.package.data.all_cases())
        stack.callback(lambda: self._spares.release(box, again=again and self._sound))
        return box

    def _look(self) -> None:
        if self._stopped.is_set() or (self._cancel is not None and self._cancel.is_set()):
            raise CancelledError("the run was cancelled")

    def _all_cases(self, answers: Answers, tools: Tools) -> RunResult:
        if self._visible_only:
            return self._samples(answers, tools)
        walk = Walk(self.package, lambda group, results: self._graded(tools, group, results), self._thorough)
        try:
            cases = walk.cases()
            case = next(cases)
            while True:
                case = cases.send(self._one(case, answers, tools))
        except StopIteration as done:
            whole: Outcome = done.value
        except ScoreError as error:
            raise JudgeFaultError(str(error)) from None
        result = summing.summarise(
            self.item, self.package, self._results, walk.outcomes, whole, self._not_run(), tier=self._tier
        )
        return result.model_copy(update={"judge_messages": self._messages})

    def _samples(self, answers: Answers, tools: Tools) -> RunResult:
        for case in self.package.data.all_cases():
            if _visible(case):
                self._one(case, answers, tools)
        return summing.bare(self._results, tier=self._tier)

    def _not_run(self) -> dict[str, int]:
        ran = {result.name for result in self._results}
        return dict(Counter(_group(case) for case in self.package.data.all_cases() if case.name not in ran))

    def _one(self, case: Case, answers: Answers, tools: Tools) -> Outcome:
        self._look()
        reports: list[Report] = []
        turn: Turn | None = Turn(case)
        while turn is not None:
            report, read, judgement = self._turn(turn, answers, tools)
            reports.append(report)
            turn = turn.after(judgement, self.package.passes) if self.package.multi_pass else None
        if judgement is not None:
            read = _judged(judgement)
        result = self._case_result(case, together(reports), read, judgement)
        self._results.append(result)
        if judgement is not None and judgement.message:
            self._messages[case.name] = judgement.message
        if self._on_case is not None:
            self._on_case(result)
        score, multiplier = (judgement.score, judgement.multiplier) if judgement else (None, None)
        return Outcome(result.verdict, score, multiplier)

    def _turn(self, turn: Turn, answers: Answers, tools: Tools) -> tuple[Report, Reading, Judgement | None]:
        """The submission's run, what it means by itself, and what a validator says of it where that matters."""
        case = turn.case
        if self.package.interactive:
            talk = answers.talk(case, self.package.output_validators[0], tools, turn.files())
            read = self._read(talk.answer)
            decided = talk.rejected_first or read.verdict is None
            return talk.answer, read, self._of_talk(talk, case, tools) if decided else None
        report = self._report(case, answers) if turn.given is None else answers.run(case, turn.given)
        self._hold_compiled(report, answers)
        read = self._read(report)
        if read.verdict is not None:
            return report, read, None
        return report, read, judge_output(case, read.answer, tools, turn.files() if turn.number > 1 else None)

    def _report(self, case: Case, answers: Answers) -> Report:
        """The report of *case*: run now, or ahead in sandboxes beside each other once that pays."""
        if self._ahead is None and self._borrow is not None and pays(self._results):
            loan = self._borrow()
            if loan is not None:
                self._ahead = self._beside.enter_context(
                    Ahead(self._to_come(case), self._beside_others, loan, self._borrow)
                )
        return answers.run(case) if self._ahead is None else self._ahead.report(case, self._look)

    def _to_come(self, case: Case) -> list[Case]:
        """*case*, and those that may be asked for after it."""
        ran = {result.name for result in self._results}
        others = [one for one in self.package.data.all_cases() if one.name not in ran and one.name != case.name]
        return [case, *(one for one in others if not self._visible_only or _visible(one))]

    def _beside_others(self, look: Callable[[], None]) -> Answers:
        def both() -> None:
            look()
            self._look()

        return self._another(both)

    def _read(self, report: Report) -> Reading:
        exhausted = self._language.exhausted if self._language else b""
        return reading.read(report, "program", self.limits, exhausted=exhausted)

    def _of_talk(self, talk: Talk, case: Case, tools: Tools) -> Judgement:
        source = self.package.output_validators[0]
        try:
            return judgement_of(talk.interactor, case, source, tools)
        except JudgeFaultError:
            if talk.broken_off:
                return Judgement(False, "the program ended before the interaction was over")
            raise

    def _hold_compiled(self, report: Report, answers: Answers) -> None:
        """Raise UncompiledError when the first case says that the source cannot be run, and it cannot."""
        if self._results or self._language is not None or not reading.claims_uncompiled(report):
            return
        failure = reading.compile_failure(answers.check())
        if failure is not None:
            raise UncompiledError(failure)

    def _case_result(self, case: Case, report: Report, read: Reading, judgement: Judgement | None) -> CaseResult:
        visible = _visible(case)
        assert read.verdict is not None
        told = (judgement.team_message or None) if judgement else None
        return CaseResult(
            name=reading.clean(case.name, 120),
            group=_group(case),
            visible=visible,
            verdict=read.verdict,
            cpu_s=round(report.cpu_s, 6),
            wall_s=round(report.wall_s, 6),
            peak_mb=round(report.peak_mb, 3),
            message=(told or read.message) if visible else (told or read.bare),
            score=judgement.score if judgement else None,
            **(self._shown(case, report) if visible else {}),
        )

    def _shown(self, case: Case, report: Report) -> dict[str, Any]:
        printed = report.stdout[: _SHOWN_OUTPUT + 1].decode("utf-8", "replace")
        shown: dict[str, Any] = {"stdin": _start_of(case.shown_input)}
        if not self.package.output_validators and case.shown_answer is not None:
            shown |= {"expected": _start_of(case.shown_answer), "actual": reading.clean(printed, _SHOWN)}
        return {**shown, "stdout": reading.clean(printed, _SHOWN_OUTPUT) if printed else None}

    def _uncompiled(self, failure: str) -> RunResult:
        whole = Outcome(Verdict.compile_error, 0.0 if self.package.scoring else None)
        if self._visible_only:
            return RunResult(verdict=Verdict.compile_error, tier=self._tier, message=failure)
        return summing.summarise(self.item, self.package, [], {}, whole, {}, tier=self._tier, message=failure)

    def _graded(self, tools: Tools, group: Group, results: Sequence[Outcome]) -> Outcome:
        """What the package's own grader makes of *results* (`Graders` of the legacy format)."""
        settings, grader = group.settings, self.package.graders[0]
        assert isinstance(settings, LegacyGroupSettings)
        lines = "".join(f"{_WORDS.get(one.verdict, 'RTE')} {one.score or 0:g}\n" for one in results)
        report = tools.run(grader, settings.grader_flags, {}, lines.encode())
        words = report.stdout.decode("utf-8", "replace").split()
        verdict = _GRADER_WORDS.get(words[0]) if len(words) == 2 else None
        score = _float(words[1]) if len(words) == 2 else None
        if report.exit_code != 0 or verdict is None or score is None:
            where = grader.path.relative_to(self.package.folder)
            raise JudgeFaultError(f"{where} gave no verdict and score for {group.name or 'the whole'}")
        return Outcome(verdict, score)


def _limits(item: Item, language: Language | None) -> Limits:
    """What a case may use; Python, which has no *language* here or is one, may have a time limit of its own."""
    cpu_s = item.head.code.python_cpu_s if item.head.code is not None else None
    if cpu_s is None or (language is not None and language.name != "python"):
        return item.head.limits
    return item.head.limits.model_copy(update={"cpu_s": cpu_s, "wall_s": wall_limit(cpu_s)})


def _named(source: str, language: Language | None) -> Sources:
    """A single source as a file, with the name that its language wants."""
    content = source.encode("utf-8", "surrogatepass")
    return {file_name(language.name if language else "python", source): content}


def _judged(judgement: Judgement) -> Reading:
    if judgement.accepted:
        return Reading(Verdict.accepted)
    bare = "not an accepted output"
    return Reading(Verdict.wrong_answer, judgement.message or bare, bare)


def _visible(case: Case) -> bool:
    return case.name.startswith("sample/") or case.full_feedback


def _group(case: Case) -> str:
    """The name of the folder that a case lies in, below `data/`."""
    return case.name.rpartition("/")[0]


def _start_of(path: Path) -> str:
    with path.open("rb") as stream:
        return reading.clean(stream.read(4 * _SHOWN).decode("utf-8", "replace"), _SHOWN)


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
