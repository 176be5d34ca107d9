"""The bank's own test: every declared submission is really answered, and its findings are as declared.

The bank is pure and cannot run anything itself: the caller passes one *answerer* for each kind, which
takes an item and an answer and returns the outcome that a candidate would get.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from greenroom.bank.attacks import attacks
from greenroom.bank.findings import Finding, State, share
from greenroom.bank.kattis.agreement import WHOLE, Ran, disagreements, expected
from greenroom.bank.kattis.package import Package, Submission
from greenroom.bank.kattis.reading import read_package
from greenroom.bank.models import DeclaredSubmission, Item, Kind, SubmissionSort
from greenroom.bank.projects import written
from greenroom.bank.source import PackError, Problem, read_text, shown_path
from greenroom.bank.syllabus import syllabus

ATTACK_CEILING = 0.05
"""Starter, empty, gibberish and hostile answers earn at most this share (DESIGN section 3)."""

MARGIN = 0.25
"""The worst accepted submission must stand this far above the best wrong one."""

_TOLERANCE = 0.01
_LANGUAGES = {Kind.concept: "text", Kind.design: "yaml"}


@dataclass(frozen=True)
class Outcome:
    """What an answer got: the findings and, for what was run, the verdict."""

    findings: tuple[Finding, ...]
    verdict: str | None = None
    message: str | None = None


Answerer = Callable[[Item, str], Outcome]


class NotRunError(Exception):
    """A submission cannot be run here; the message says why."""


class PackageJudge(Protocol):
    """What runs the items that are problem packages."""

    def run(self, item: Item, package: Package, submission: Submission) -> tuple[Outcome, Ran]:
        """What became of one of the package's own submissions. Raises NotRunError."""

    def refused_inputs(self, item: Item) -> list[Problem]:
        """What the package's input validators refuse of its own inputs."""

    def unrun_programs(self, package: Package) -> list[Problem]:
        """The package's input validators that cannot be run here, with the reason."""


@dataclass(frozen=True)
class Check:
    """One answer that was tried: what was expected of it and what it got."""

    item: str
    path: str
    language: str
    expected: dict[str, Any]
    actual: dict[str, Any]
    agrees: bool
    share: float
    sort: str

    def as_json(self) -> dict[str, Any]:
        """The row with DESIGN's stable keys."""
        names = ("item", "path", "language", "expected", "actual", "agrees")
        return {name: getattr(self, name) for name in names}


Task = Callable[[], Check | None]


@dataclass
class Verification:
    """The result of `bank verify`."""

    checks: list[Check] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)

    @property
    def disagreements(self) -> list[Check]:
        """The answers that did not get what was declared."""
        return [check for check in self.checks if not check.agrees]

    @property
    def green(self) -> bool:
        """True when nothing disagrees and nothing else is wrong."""
        return not self.problems and not self.disagreements

    def as_json(self) -> dict[str, Any]:
        """`{submissions, agree, total, share, skipped, problems}`: what could not be run here is `skipped`, by name."""
        agree = sum(check.agrees for check in self.checks)
        return {
            "submissions": [check.as_json() for check in self.checks],
            "agree": agree,
            "total": len(self.checks),
            "share": round(agree / len(self.checks), 4) if self.checks else None,
            "skipped": self.skipped,
            "problems": [problem.as_json() for problem in self.problems],
        }


def verify(
    items: Sequence[Item],
    answerers: Mapping[Kind, Answerer],
    *,
    root: Path,
    packages: PackageJudge | None = None,
    lacking: Callable[[Item], str | None] = lambda _: None,
    jobs: int = 2,
    times: int = 1,
    on_check: Callable[[Check], None] | None = None,
) -> Verification:
    """Answer everything that *items* declare, *times* over, and every general attack once, on *jobs* threads.

    *root* is the pack's folder, for messages; *packages* runs the items that are problem packages; *lacking* says what
    this host lacks for an item, which then is skipped; *on_check* is called as each answer is decided.
    """
    result = Verification(problems=list(_unknown_statements(items, root)))
    tasks: dict[Kind, list[Task]] = {}
    for item in items:
        lack = lacking(item)
        if lack is not None:
            result.skipped.append({"item": item.slug, "path": "", "language": "", "reason": lack})
            continue
        own = tasks.setdefault(item.kind, [])
        answerer = answerers[item.kind]
        if item.package_folder is not None and packages is not None:
            own.extend(_repeated(task, times) for task in _of_package(item, packages, result))
        for submission in item.submissions:
            try:
                answer = read_project(submission.path, root) if item.kind.is_lab else read_text(submission.path, root)
            except PackError as error:
                result.problems += error.problems
                continue
            own.append(_repeated(_declared(item, submission, answer, answerer), times))
        own.extend(_attack(item, name, answer, answerer, result) for name, answer in attacks(item))
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for check in pool.map(lambda task: task(), _interleaved(tasks.values())):
            if check is None:
                continue
            result.checks.append(check)
            if on_check is not None:
                on_check(check)
    places = {item.slug: place for place, item in enumerate(items)}
    result.checks.sort(key=lambda check: places[check.item])
    result.problems += _narrow_margins(items, result.checks, root)
    return result


def read_project(folder: Path, root: Path) -> str:
    """A declared submission of a lab as it would be handed in. Raises PackError."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return written({path.relative_to(folder).as_posix(): read_text(path, root) for path in paths})


def _of_package(item: Item, judge: PackageJudge, result: Verification) -> Iterator[Task]:
    """One task for each submission of the item's problem package, and one for its inputs."""
    assert item.package_folder is not None
    try:
        package = read_package(item.package_folder)
    except PackError as error:
        result.problems += error.problems
        return

    for note in (*package.unsupported, *judge.unrun_programs(package)):
        result.skipped.append({"item": item.slug, "path": note.file, "language": "", "reason": note.message})

    def inputs() -> None:
        result.problems += judge.refused_inputs(item)

    yield inputs
    for submission in package.submissions:
        yield _declared_by_package(item, package, submission, judge, result)


def _declared_by_package(
    item: Item, package: Package, submission: Submission, judge: PackageJudge, result: Verification
) -> Task:
    def task() -> Check | None:
        language = submission.language or "unknown"
        try:
            outcome, ran = judge.run(item, package, submission)
        except NotRunError as error:
            skipped = {"item": item.slug, "path": submission.name, "language": language, "reason": str(error)}
            result.skipped.append(skipped)
            return None
        broken = disagreements(package, submission, ran)
        actual: dict[str, Any] = {"verdict": ran.verdict}
        if package.scoring and WHOLE in ran.scores:
            actual["score"] = ran.scores[WHOLE]
        if outcome.message:
            actual["message"] = outcome.message
        if broken:
            actual["breaks"] = broken
        wanted = expected(package, submission)
        return Check(
            item.slug, submission.name, language, wanted, actual, not broken, share(outcome.findings), "package"
        )

    return task


def _interleaved(kinds: Iterable[Sequence[Task]]) -> list[Task]:
    """The tasks of every kind in their order, spread evenly: what waits for a process runs beside what computes."""
    spread = (((place + 0.5) / len(tasks), task) for tasks in kinds for place, task in enumerate(tasks))
    return [task for _, task in sorted(spread, key=lambda pair: pair[0])]


def _repeated(task: Task, times: int) -> Task:
    """*task* done *times* over, for as long as it gives what was declared; the last one counts."""

    def repeated() -> Check | None:
        check = task()
        for _ in range(times - 1):
            if check is None or not check.agrees:
                break
            check = task()
        return check

    return repeated


def _declared(item: Item, submission: DeclaredSubmission, answer: str, answerer: Answerer) -> Task:
    def task() -> Check:
        outcome = answerer(item, answer)
        expected = expected_findings(item, submission)
        agrees = all(
            matches(expected[finding.point], finding) for finding in outcome.findings if finding.point in expected
        ) and bool(outcome.findings)
        wanted: dict[str, Any] = {"findings": expected}
        if submission.expected.verdict is not None:
            wanted["verdict"] = submission.expected.verdict
            agrees = agrees and outcome.verdict == submission.expected.verdict
        if submission.sort is SubmissionSort.hostile:
            agrees = agrees and share(outcome.findings) <= ATTACK_CEILING
        return _check(item, submission.name, submission.sort, wanted, outcome, agrees)

    return task


def _attack(item: Item, name: str, answer: str, answerer: Answerer, result: Verification) -> Task:
    def task() -> Check | None:
        outcome = answerer(item, answer)
        agrees = share(outcome.findings) <= ATTACK_CEILING and outcome.verdict not in ("accepted", "judge-error")
        if not agrees and item.package_folder is not None:
            # Its cases and its validators are another's: what they make of nonsense is no disagreement with them.
            reason = (
                f"is not counted: the package gives it {outcome.verdict}, {share(outcome.findings):.0%} of the points"
            )
            result.skipped.append({"item": item.slug, "path": f"attack/{name}", "language": "python", "reason": reason})
            return None
        return _check(item, f"attack/{name}", "attack", {"at_most": ATTACK_CEILING}, outcome, agrees)

    return task


def _check(item: Item, path: str, sort: str, wanted: dict[str, Any], outcome: Outcome, agrees: bool) -> Check:
    actual: dict[str, Any] = {
        "findings": {finding.point: finding.state.value for finding in outcome.findings},
        "share": round(share(outcome.findings), 3),
    }
    if outcome.verdict is not None:
        actual["verdict"] = outcome.verdict
    if outcome.message:
        actual["message"] = outcome.message
    language = _LANGUAGES.get(item.kind, "python")
    return Check(item.slug, path, language, wanted, actual, agrees, share(outcome.findings), sort)


def expected_findings(item: Item, submission: DeclaredSubmission) -> dict[str, str | float]:
    """What each point must get: as declared, else by the submission's sort."""
    declared = submission.expected.findings
    if submission.sort is SubmissionSort.accepted:
        return {point.id: declared.get(point.id, 1.0) for point in item.head.rubric}
    if submission.sort is SubmissionSort.hostile:
        return {point.id: declared.get(point.id, 0.0) for point in item.head.rubric}
    return dict(declared)


def matches(expected: str | float, finding: Finding) -> bool:
    """Whether *finding* is as declared: one of several states, or an earned share within 0.01."""
    if isinstance(expected, str):
        allowed = {State(word.strip()) for word in expected.split("|")}
        return finding.state in allowed
    return abs(finding.earned - expected) <= _TOLERANCE


def _unknown_statements(items: Iterable[Item], root: Path) -> Iterable[Problem]:
    known = syllabus()
    for item in items:
        for statement in item.head.covers:
            if statement not in known:
                shown = shown_path(item.folder / "item.yaml", root)
                mend = "use an id of the syllabus, such as jwt.secure.rotate"
                yield Problem(shown, f"covers {statement!r}, which the syllabus does not have", mend)


def _narrow_margins(items: Iterable[Item], checks: Iterable[Check], root: Path) -> Iterable[Problem]:
    rows = list(checks)
    for item in items:
        good = [check.share for check in rows if check.item == item.slug and check.sort == "accepted"]
        bad = [check.share for check in rows if check.item == item.slug and check.sort == "wrong"]
        if good and bad and min(good) - max(bad) < MARGIN:
            message = f"accepted answers reach {min(good):.0%}, wrong ones {max(bad):.0%}: less than {MARGIN:.0%} apart"
            yield Problem(shown_path(item.folder, root), message, "sharpen the rubric or the submissions")
