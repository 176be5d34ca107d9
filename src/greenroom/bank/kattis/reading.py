"""From a folder to a package: reads Kattis problem packages, legacy and 2025-09, and finds them in archives."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from greenroom.bank.kattis.current import current_metadata
from greenroom.bank.kattis.files import MAX_LEVELS, Files, is_hidden
from greenroom.bank.kattis.globs import matches
from greenroom.bank.kattis.keys import Keys, read_keys
from greenroom.bank.kattis.legacy import legacy_metadata
from greenroom.bank.kattis.package import Format, Metadata, Package
from greenroom.bank.kattis.programs import read_include, read_one_program
from greenroom.bank.kattis.settings import is_of_legacy
from greenroom.bank.kattis.statements import read_statements
from greenroom.bank.kattis.submissions import read_submissions
from greenroom.bank.kattis.testdata import DataReader
from greenroom.bank.kattis.validation import read_graders, read_input_validators, read_output_validators
from greenroom.bank.source import PackError, Problem

_FORMATS: dict[str, Format] = {"legacy": "legacy", "legacy-icpc": "legacy", "2025-09": "2025-09"}
_DRAFTS = ("draft", "2023-07", "2023-07-draft", "2025-09-draft")
_READ = frozenset(
    {
        "problem.yaml", "statement", "problem_statement", "data", "submissions", "include", "attachments",
        "input_validators", "input_format_validators", "output_validators", "output_validator", "static_validator",
        "graders", "domjudge-problem.ini", "problem.pdf", "generators",
    }
)  # fmt: skip
_NOT_USED = {
    "solution": "describes the solution; nothing here shows it",
    "input_visualizer": "draws test cases; nothing here does",
    "output_visualizer": "draws outputs; nothing here does",
    "answer_validators": "validates answer files; nothing here does",
}


def read_package(folder: Path, *, within: Path | None = None) -> Package:
    """The problem package in *folder*. Nothing in it is run, no link out of it, or out of *within*, is followed.

    Raises PackError with everything that makes it unusable: no `problem.yaml`, YAML that is broken, values of the
    wrong sort, links out of it, no secret test case, a validator or grader that is called for and missing. What is
    there and cannot be used stands in the package's `unsupported`.
    """
    root = Path(os.path.realpath(folder))
    around = Path(os.path.realpath(within)) if within is not None else root
    files = Files(root, within=around if root.is_relative_to(around) else root)
    _must_be_package(folder, files)
    files.check_links()
    if files.problems:
        # Nothing is read before it is certain that all of it lies in the package.
        raise PackError(files.problems)
    keys = read_keys(files, root / "problem.yaml")
    format_ = _format(keys)
    files.strict_names = format_ == "2025-09"
    draft = keys.text("problem_format_version") in _DRAFTS
    package = _read(files, keys, format_, draft=draft)
    if files.problems:
        raise PackError(list(dict.fromkeys(files.problems)))
    return package


def find_packages(folder: Path) -> list[Path]:
    """The problem packages in *folder*: itself if it has a `problem.yaml`, else every folder below that has one.

    In order of their paths; hidden folders and links are not looked into, nor is the inside of a package. Raises
    PackError for what is no folder or cannot be read.
    """
    if not folder.is_dir():
        raise PackError([Problem(str(folder), "is no folder", "name a problem package or a folder of them")])

    def refuse(error: OSError) -> None:
        raise PackError([Problem(str(error.filename), f"cannot be read: {error.strerror}", "mend its permissions")])

    found = []
    for path, below, names in os.walk(folder, onerror=refuse):
        below[:] = sorted(name for name in below if not is_hidden(name))
        if "problem.yaml" in names:
            found.append(Path(path))
            below.clear()
        elif below and len(Path(path).parts) - len(folder.parts) >= MAX_LEVELS:
            raise PackError([Problem(path, f"lies {MAX_LEVELS} folders deep", "name a folder nearer to the packages")])
    return sorted(found)


def _must_be_package(folder: Path, files: Files) -> None:
    head = files.root / "problem.yaml"
    if files.is_file(head) or head.is_symlink():
        return
    mend = "a problem package is a folder with problem.yaml, data/ and submissions/"
    if files.is_file(head.with_suffix(".yml")):
        mend = "rename problem.yml to problem.yaml"
    elif files.is_file(files.root / "domjudge-problem.ini"):
        mend = "write one: `name:` is enough beside domjudge-problem.ini"
    raise PackError([Problem(str(folder), "there is no problem.yaml here", mend)])


def _format(keys: Keys) -> Format:
    version = keys.text("problem_format_version", "legacy")
    if version in _DRAFTS:
        keys.leave_out("problem_format_version", f"{version} is read as 2025-09, which it became")
        return "2025-09"
    if version not in _FORMATS:
        known = ", ".join(_FORMATS)
        keys.broken("problem_format_version", f"{version[:40]!r} is not read", f"this reader knows: {known}")
    return _FORMATS.get(version, "legacy")


def _read(files: Files, keys: Keys, format_: Format, *, draft: bool) -> Package:
    root, legacy = files.root, format_ == "legacy"
    statements, statement_files = read_statements(files, format_)
    forced: Mapping[str, Any] = {}
    metadata: Metadata
    if legacy:
        metadata, forced = legacy_metadata(keys, statements)
    else:
        metadata = current_metadata(keys, statements)
    validators = read_output_validators(files, metadata)
    metadata = replace(metadata, custom_validation=bool(validators))
    if draft and _has_legacy_data(files):
        head = root / "problem.yaml"
        files.leave_out(head, "its testdata.yaml are the legacy format's: so its test data are read and judged")
        metadata = replace(metadata, format="legacy", validator_scores=metadata.scoring and bool(validators))
    reader = DataReader(files, metadata, forced, draft)
    comparison = reader.comparison(() if validators else metadata.validator_flags, root / "problem.yaml")
    data = reader.read()
    package = Package(
        **vars(metadata),
        folder=root,
        short_name=root.name,
        statements=statements,
        statement_files=statement_files,
        data=data,
        comparison=comparison,
        output_validators=validators,
        input_validators=read_input_validators(files, legacy=legacy),
        static_validator=read_one_program(files, root / "static_validator", legacy=legacy),
        graders=read_graders(files, data),
        include=read_include(files),
        attachments=tuple(files.below(root / "attachments")),
        generators=tuple(files.below(root / "generators")),
        submissions=read_submissions(files, legacy=legacy, answers=metadata.submit_answer),
        unsupported=(),
    )
    _name_the_rest(files, package)
    _name_unfit_patterns(files, package)
    return replace(package, unsupported=tuple(dict.fromkeys(files.unsupported)))


def _name_unfit_patterns(files: Files, package: Package) -> None:
    """Name the patterns for test cases that fit none: what they ask for is never asked."""
    names = [case.name for case in package.data.all_cases()]
    fitting: dict[str, bool] = {}
    for rule in (one for submission in package.submissions for one in submission.expectations):
        pattern = rule.cases
        if pattern is not None and pattern not in fitting:
            fitting[pattern] = any(matches(pattern, name) for name in names)
            if not fitting[pattern]:
                files.leave_out(files.root / "submissions" / "submissions.yaml", f"{pattern!r} fits no test case")


def _has_legacy_data(files: Files) -> bool:
    """Whether a draft keeps to the legacy format's way of grading, as those did that the reference tool verified."""
    found = (path for path in files.below(files.root / "data") if path.name == "testdata.yaml")
    return any(is_of_legacy(read_keys(files, path)) for path in found)


def _name_the_rest(files: Files, package: Package) -> None:
    """Name what the package asks for and no judge does, and what lies beside its parts."""
    head = files.root / "problem.yaml"
    if package.submit_answer:
        files.leave_out(head, "submit-answer: a candidate hands in a program that prints the answers")
    if package.static_validator is not None:
        files.leave_out(package.static_validator.path, "static validation is not done")
    if package.generators:
        files.leave_out(files.root / "generators", "is not used: the test data are taken as they are")
    for entry in files.entries(files.root):
        if entry.name not in _READ:
            files.leave_out(entry.path, _NOT_USED.get(entry.name, "is no part of the format, and is not read"))
