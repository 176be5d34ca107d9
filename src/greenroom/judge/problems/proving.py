"""The judge as `bank verify` and the import want it: a package's own submissions, run and timed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from greenroom.bank.kattis import timing
from greenroom.bank.kattis.agreement import Ran, is_thorough
from greenroom.bank.kattis.languages import ANSWERS
from greenroom.bank.kattis.package import Package, Submission
from greenroom.bank.kattis.pythons import foreign_modules
from greenroom.bank.kattis.verdicts import Verdict as Expected
from greenroom.bank.models import Item
from greenroom.bank.source import Problem
from greenroom.bank.verification import NotRunError, Outcome
from greenroom.judge import languages
from greenroom.judge.faults import JudgeFaultError
from greenroom.judge.languages import Name, java_file
from greenroom.judge.problems.packages import cannot_be_run, unrun_programs
from greenroom.judge.problems.printing import printing
from greenroom.judge.problems.programs import source_files
from greenroom.judge.problems.walking import range_of
from greenroom.judge.results import RunResult, Verdict
from greenroom.judge.service import Judge

OnSubmission = Callable[[Submission], None]


class Proving:
    """Runs the submissions of problem packages with *judge*. Thread-safe."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def run(self, item: Item, package: Package, submission: Submission) -> tuple[Outcome, Ran]:
        """What became of *submission*. Raises NotRunError when nothing here can run it."""
        result = self._result(item, package, submission)
        outcome = Outcome(result.findings, result.verdict.value, result.message)
        cases = {case.name: case.verdict.value for case in result.cases}
        unbounded = package.scoring and range_of(package, package.data).share(0.0, minimize=package.minimize) is None
        return outcome, Ran(result.verdict.value, cases, result.scores, result.judge_messages, unbounded)

    def refused_inputs(self, item: Item) -> list[Problem]:
        """What the package's input validators refuse of its own inputs."""
        try:
            return self._judge.refused_inputs(item, lambda _: None)
        except JudgeFaultError as error:
            return [Problem(item.slug, str(error), "mend the package")]

    def unrun_programs(self, package: Package) -> list[Problem]:
        """The package's input validators that cannot be run here, with the reason."""
        return unrun_programs(package)

    def times(self, item: Item, package: Package, on_submission: OnSubmission) -> tuple[list[timing.Timed], list[str]]:
        """(what each submission took that bounds the time limit from below, the names of those that give no time).

        These cannot be run here, or come to no verdict in the time that *item* gives them.
        """
        found, without = [], []
        for submission in package.submissions:
            if not timing.bounds_from_below(submission):
                continue
            on_submission(submission)
            try:
                result = self._result(item, package, submission)
            except NotRunError:
                without.append(submission.name)
                continue
            took = {case.name: case.cpu_s for case in result.cases}
            if took and result.verdict not in (Verdict.judge_error, Verdict.time_limit):
                seconds = timing.slowest_case(submission, took)
                found.append(timing.Timed(submission.name, submission.language or "", seconds))
            else:
                without.append(submission.name)
        return found, without

    def _result(self, item: Item, package: Package, submission: Submission) -> RunResult:
        reason = cannot_be_run(package)
        if reason is not None:
            raise NotRunError(reason)
        name = _language(submission)
        try:
            source = _source(package, submission)
        except (JudgeFaultError, OSError) as error:
            raise NotRunError(str(error)) from None
        entry, thorough = submission.entry_point, is_thorough(package)
        return self._judge.run(item, source, language=name, entry=entry, thorough=thorough)


def _language(submission: Submission) -> Name:
    if submission.language == ANSWERS:
        return "python"
    name: Name | None = next((one for one in languages.TITLES if one == submission.language), None)
    if name is None:
        raise NotRunError(f"{languages.title_of(submission.language)} is not a language that is run here")
    if name != "python" and languages.find(name) is None:
        raise NotRunError(f"this host has no {languages.TITLES[name]}")
    return name


def _hold_to_python(package: Package, submission: Submission, files: Mapping[str, bytes]) -> None:
    """Raise NotRunError for a submission that needs modules which no problem's sandbox has, unless it is to crash."""
    included = [path.stem for path in (*package.include.get("python", ()), *package.include.get("default", ()))]
    own = [*(PurePosixPath(name).parts[0].removesuffix(".py") for name in files), *included]
    text = "\n".join(content.decode("utf-8", "replace") for content in files.values())
    missing = foreign_modules(text, own)
    if missing and not submission.verdicts & {Expected.runtime_error, Expected.compile_error}:
        raise NotRunError(f"it imports {', '.join(missing[:3])}, and Python has its standard library alone here")


def _source(package: Package, submission: Submission) -> str | Mapping[str, bytes]:
    root = submission.path if submission.path.is_dir() else submission.path.parent
    if submission.language == ANSWERS:
        return printing(package, source_files(root, submission.files, {}))
    files = source_files(root, submission.files, package.constants)
    if submission.language == "java" and len(files) == 1:
        ((_, content),) = files.items()
        return {java_file(content.decode("utf-8", "replace")): content}
    if submission.language == "python":
        _hold_to_python(package, submission, files)
    included = {"python", "default"} & set(package.include)
    if submission.language != "python" or len(files) > 1 or included:
        return files
    try:
        return next(iter(files.values())).decode("utf-8-sig")
    except UnicodeDecodeError:  # with a coding line, say; Python itself knows what to do
        return files
