"""The problem packages of items, read once for each state of their files, and their inputs held to their validators."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from greenroom.bank.kattis.cases import Case
from greenroom.bank.kattis.package import Package
from greenroom.bank.kattis.package import Program as Source
from greenroom.bank.kattis.reading import read_package
from greenroom.bank.models import Item
from greenroom.bank.source import PackError, Problem
from greenroom.judge import reading
from greenroom.judge.faults import JudgeFaultError
from greenroom.judge.problems.answers import contents
from greenroom.judge.problems.programs import Tools

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
    return None


def refused_inputs(package: Package, tools: Tools, on_case: Callable[[Case], None]) -> Iterator[Problem]:
    """The inputs that a validator of the package refuses, and the validators that could not be run.

    *on_case* is called before each case. A validator that fails once is not run again.
    """
    failed: set[str] = set()
    sources = [source for source in package.input_validators if source.language not in ("checktestdata", "viva")]
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
