"""The judge as `bank verify` and the import want it: a package's own submissions, run and timed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from greenroom.bank.kattis import timing
from greenroom.bank.kattis.agreement import Ran, is_thorough
from greenroom.bank.kattis.languages import ANSWERS
from greenroom.bank.kattis.package import Package, Submission
from greenroom.bank.models import Item
from greenroom.bank.source import Problem
from greenroom.bank.verification import NotRunError, Outcome
from greenroom.judge import languages
from greenroom.judge.faults import JudgeFaultError
from greenroom.judge.languages import Name
from greenroom.judge.problems.packages import cannot_be_run
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

    def times(self, item: Item, package: Package, on_submission: OnSubmission) -> tuple[list[tuple[str, float]], bool]:
        """(the CPU seconds of the slowest case of each submission that bounds the time limit, whether all were timed).

        A submission that cannot be run here, or comes to no verdict, gives none.
        """
        found, complete = [], True
        for submission in package.submissions:
            if not timing.bounds_from_below(submission):
                continue
            on_submission(submission)
            try:
                result = self._result(item, package, submission)
            except NotRunError:
                complete = False
                continue
            took = {case.name: case.cpu_s for case in result.cases}
            if took and result.verdict not in (Verdict.judge_error, Verdict.time_limit):
                found.append((submission.name, timing.slowest_case(submission, took)))
            else:
                complete = False
        return found, complete

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


def _source(package: Package, submission: Submission) -> str | Mapping[str, bytes]:
    root = submission.path if submission.path.is_dir() else submission.path.parent
    if submission.language == ANSWERS:
        return printing(package, source_files(root, submission.files, {}))
    files = source_files(root, submission.files, package.constants)
    included = {"python", "default"} & set(package.include)
    if submission.language != "python" or len(files) > 1 or included:
        return files
    try:
        return next(iter(files.values())).decode("utf-8-sig")
    except UnicodeDecodeError:  # with a coding line, say; Python itself knows what to do
        return files
