"""For each probe: the reference solution of a lab, broken in the way that the probe is for, loses the point.

`mutations/<topic>.yaml` lists the breaks. The reference itself is proven by `bank verify`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Item
from greenroom.bank.projects import written
from greenroom.judge import environments
from greenroom.judge.environments import MissingError
from greenroom.judge.results import RunResult
from greenroom.judge.service import Judge

FOLDER = Path(__file__).parent / "mutations"
PACK = load_pack(core_pack_folder())


@dataclass(frozen=True)
class Mutation:
    """One break: in *file* of a declared *submission*, *replace* (once in it) becomes *by*; *findings* are then so.

    *says* is what the message of a failing check must have in it: the measured number, or what was seen.
    """

    item: str
    submission: str
    probe: str
    file: str
    replace: str
    by: str
    findings: dict[str, str]
    says: str

    def __str__(self) -> str:
        return f"{self.item}-{self.probe}".replace(" ", "-")


MUTATIONS = [
    Mutation(**entry)
    for path in sorted(FOLDER.glob("*.yaml"))
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    made = Judge(spares=2)
    yield made
    made.close()


def files_of(item: Item, submission: str) -> dict[str, str]:
    folder = next(one.path for one in item.submissions if one.path.as_posix().endswith(f"submissions/{submission}"))
    found: dict[str, str] = dict(item.starter)
    for path in folder.rglob("*"):
        if path.is_file():
            found[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8")
    return found


def broken(item: Item, mutation: Mutation) -> str:
    files = files_of(item, mutation.submission)
    before = files[mutation.file]
    assert before.count(mutation.replace) == 1, f"{mutation.replace!r} stands {before.count(mutation.replace)} times"
    return written(files | {mutation.file: before.replace(mutation.replace, mutation.by)})


def states(result: RunResult) -> dict[str, Any]:
    return {finding.point: finding.state.value for finding in result.findings}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_a_break_changes_the_finding(judge: Judge, mutation: Mutation) -> None:
    item = PACK.by_slug[mutation.item]
    try:
        for name in item.environments:
            environments.find(name)
    except MissingError as error:
        pytest.skip(str(error))
    result = judge.run(item, broken(item, mutation))
    found = states(result)
    assert {point: found[point] for point in mutation.findings} == mutation.findings, result
    failing = [case.message or "" for case in result.cases if case.verdict != "accepted"]
    assert any(mutation.says in message for message in failing), failing


def test_every_lab_is_broken_at_least_once() -> None:
    labs = {item.slug for item in PACK.items if item.kind.is_lab}
    assert labs
    assert not labs - {mutation.item for mutation in MUTATIONS}
