"""Small problem packages that tests write to disk, in the legacy format and in 2025-09."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from greenroom.bank.kattis.cases import Case, Group, GroupSettings, LegacyGroupSettings
from greenroom.bank.kattis.package import Package, Submission
from greenroom.bank.kattis.reading import read_package
from greenroom.bank.source import PackError, Problem

Files = dict[str, str | bytes | None]
Write = Callable[..., Path]

UUID = "3d1f0f2e-6a3e-4c0c-9c55-5f0c6c1f2a10"

LEGACY = {
    "problem.yaml": "name: A plus B\n",
    "problem_statement/problem.en.tex": "\\problemname{A plus B}\nAdd them up.\n",
    "data/sample/1.in": "1 2\n",
    "data/sample/1.ans": "3\n",
    "data/secret/01.in": "3 4\n",
    "data/secret/01.ans": "7\n",
    "input_validators/validate.py": "#!/usr/bin/env python3\n",
    "submissions/accepted/sum.py": "print(sum(map(int, input().split())))\n",
}
CURRENT = {
    "problem.yaml": f"problem_format_version: 2025-09\nname: A plus B\nuuid: {UUID}\n",
    "statement/problem.en.md": "Add them up.\n",
    "data/sample/1.in": "1 2\n",
    "data/sample/1.ans": "3\n",
    "data/secret/01.in": "3 4\n",
    "data/secret/01.ans": "7\n",
    "input_validators/validate.py": "raise SystemExit(42)\n",
    "submissions/accepted/sum.py": "print(sum(map(int, input().split())))\n",
}


def put(root: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """Write *files* below *root*; None takes one away."""
    for name, content in files.items():
        path = root / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def legacy(root: Path, files: Mapping[str, str | bytes | None] | None = None, *, head: str = "") -> Path:
    """A legacy package with *files* over those of the smallest one, and *head* at the end of its problem.yaml."""
    put(root, LEGACY)
    put(root, {"problem.yaml": LEGACY["problem.yaml"] + head})
    return put(root, files or {})


def current(root: Path, files: Mapping[str, str | bytes | None] | None = None, *, head: str = "") -> Path:
    """The same in 2025-09."""
    put(root, CURRENT)
    put(root, {"problem.yaml": CURRENT["problem.yaml"] + head})
    return put(root, files or {})


def problems_of(root: Path) -> list[Problem]:
    """What makes the package unusable."""
    with pytest.raises(PackError) as caught:
        read_package(root)
    return caught.value.problems


def problem_of(root: Path) -> Problem:
    """The one thing that makes the package unusable."""
    (problem,) = problems_of(root)
    return problem


def noted(package: Package, file: str, word: str = "") -> Problem:
    """The one entry of `unsupported` about *file* that says *word*."""
    found = [one for one in package.unsupported if one.file == file and word in one.message]
    assert len(found) == 1, [str(one) for one in package.unsupported]
    return found[0]


def submission(package: Package, name: str) -> Submission:
    """The submission called *name*."""
    return next(one for one in package.submissions if one.name == name)


def below(package: Package, *paths: Path | None) -> list[str | None]:
    """*paths* as they stand in the package."""
    return [None if path is None else str(path.relative_to(package.folder)) for path in paths]


def case_files(*names: str) -> Files:
    """Empty test cases called *names*."""
    return {f"data/{name}{suffix}": "" for name in names for suffix in (".in", ".ans")}


def group(package: Package, name: str) -> Group:
    """The group called *name*."""
    return next(one for one in package.data.all_groups() if one.name == name)


def legacy_of(package: Package, name: str) -> LegacyGroupSettings:
    """Its settings, in the legacy format."""
    settings = group(package, name).settings
    assert isinstance(settings, LegacyGroupSettings)
    return settings


def current_of(package: Package, name: str) -> GroupSettings:
    """The same in 2025-09."""
    settings = group(package, name).settings
    assert isinstance(settings, GroupSettings)
    return settings


def case(package: Package, name: str) -> Case:
    """The test case called *name*."""
    return next(one for one in package.data.all_cases() if one.name == name)
