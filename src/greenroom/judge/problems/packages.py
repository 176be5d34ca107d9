"""The problem packages of items, read once for each state of their files, and their inputs held to their validators."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from greenroom.bank.kattis.cases import Case, Group, LegacyGroupSettings
from greenroom.bank.kattis.package import Package
from greenroom.bank.kattis.package import Program as Source
from greenroom.bank.kattis.reading import read_package
from greenroom.bank.models import Item
from greenroom.bank.source import PackError, Problem
from greenroom.judge import languages, reading
from greenroom.judge.faults import JudgeFaultError
from greenroom.judge.problems.answers import contents
from greenroom.judge.problems.programs import CHECKTESTDATA, Tools
from greenroom.judge.problems.scripts import is_scripted

_KEPT = 64
_VALID = 42


class Packages:
    """The packages that were read lately. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: dict[object, Package] = {}

    def of(self, item: Item) -> Package:
        """The package of *item*. Raises JudgeFaultError when it cannot be read, or asks for what no judge here does."""
        folder = item.package_folder
        if folder is None:
            raise ValueError(f"{item.slug} has no problem package")
        try:
            edition = (folder, *_states(folder))
            with self._lock:
                if edition not in self._read:
                    while len(self._read) >= _KEPT:
                        del self._read[next(iter(self._read))]
                    self._read[edition] = read_package(folder)
                package = self._read[edition]
        except (PackError, OSError) as error:
            raise JudgeFaultError(f"the item's problem package cannot be read: {error}") from None
        reason = cannot_be_run(package)
        if reason is not None:
            raise JudgeFaultError(reason)
        return package


def _states(folder: Path) -> Iterator[tuple[int, int]]:
    for path in (folder / "problem.yaml", folder, folder / "data", folder / "data" / "secret"):
        state = path.stat()
        yield state.st_ino, state.st_mtime_ns


def cannot_be_run(package: Package) -> str | None:
    """Why no submission to *package* can be run here; None when they can."""
    if (package.interactive or package.multi_pass) and len(package.output_validators) != 1:
        sort = "an interactive" if package.interactive else "a multi-pass"
        return f"{sort} problem needs one output validator; this one has {len(package.output_validators)}"
    graders = package.graders if any(_is_graded(group) for group in package.data.all_groups()) else ()
    for source in (*package.output_validators, *graders):
        reason = _cannot_be_started(source)
        if reason is not None:
            return f"{source.path.relative_to(package.folder).as_posix()}: {reason}"
    return None


def _is_graded(group: Group) -> bool:
    return isinstance(group.settings, LegacyGroupSettings) and group.settings.grading == "custom"


def unrun_programs(package: Package) -> list[Problem]:
    """The package's input validators that nothing here runs, each with the reason."""
    found = []
    for source in package.input_validators:
        reason = _cannot_be_started(source)
        if reason is not None and source.language != "viva":  # the reader names those
            found.append(Problem(_shown(package, source.path), f"is not run: {reason}", "see `greenroom doctor`"))
    return found


def _cannot_be_started(source: Source) -> str | None:
    if is_scripted(source):
        return None if languages.scripts() is not None else "this host has no shell"
    if source.language in ("python", CHECKTESTDATA) or languages.has(source.language):
        return None
    return f"it is in {languages.title_of(source.language)}, which this host has not"


def refused_inputs(package: Package, tools: Tools, on_case: Callable[[Case], None]) -> Iterator[Problem]:
    """The inputs that a validator of the package refuses, and the validators that could not be run.

    *on_case* is called before each case. A validator that fails once is not run again.
    """
    failed: set[str] = set()
    sources = [source for source in package.input_validators if _cannot_be_started(source) is None]
    for case in package.data.all_cases():
        on_case(case)
        for source in sources:
            if source.name in failed:
                continue
            try:
                problem = _refusal(package, tools, source, case)
            except JudgeFaultError as error:
                failed.add(source.name)
                yield Problem(_shown(package, source.path), str(error), "mend the validator")
                continue
            if problem is not None:
                yield problem


def _refusal(package: Package, tools: Tools, source: Source, case: Case) -> Problem | None:
    arguments = [*case.input_validator_args.of(source.name), *case.args]
    files = {path.relative_to(case.files_folder or path.parent).as_posix(): path.read_bytes() for path in case.files}
    report = tools.run(source, arguments, files, contents(case.input))
    if report.exit_code == _VALID:
        return None
    said = reading.clean((report.stderr or report.stdout).decode("utf-8", "replace").strip(), 200)
    how = f"{_shown(package, source.path)} refuses it (exit code {report.exit_code})"
    return Problem(_shown(package, case.input), f"{how}: {said}" if said else how, "mend the input or the validator")


def _shown(package: Package, path: Path) -> str:
    return f"{package.short_name}/{path.relative_to(package.folder).as_posix()}"
