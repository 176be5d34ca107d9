"""Cases of problem packages beside each other: what comes out is what comes out one after another."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.bank.kattis_packages import legacy
from tests.judge.problems.samples import SAMPLES, SUM_PY, write_samples

from greenroom.bank.kattis.importing import slugs, write_item
from greenroom.bank.kattis.reading import read_package
from greenroom.bank.loader import load_item
from greenroom.bank.models import Item
from greenroom.judge import census, spreading
from greenroom.judge.problems.ahead import Ahead
from greenroom.judge.problems.answers import Answers
from greenroom.judge.results import CaseResult, RunResult, Verdict
from greenroom.judge.service import Judge

CASES = 8
HEAD = "limits: {time_limit: 2}\n"
SLOW_SUM = "import time\na, b = map(int, input().split())\ntime.sleep(0.15)\nprint(a + b)\n"


@pytest.fixture(scope="module")
def judges(judge: Judge) -> Iterator[tuple[Judge, Judge]]:
    """One with one place, where nothing can run ahead, and one with two."""
    made = Judge(tier=judge.tier, jobs=1, spares=1), Judge(tier=judge.tier, jobs=2, spares=2)
    yield made
    for one in made:
        one.close()


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Cases run ahead from the second on, however quick they are; each run that does so adds to the list."""
    counted: list[int] = []
    enter = Ahead.__enter__

    def entered(self: Ahead) -> Ahead:
        counted.append(1)
        return enter(self)

    monkeypatch.setattr(Ahead, "__enter__", entered)
    monkeypatch.setattr(spreading, "WORTH_S", 0.0)
    monkeypatch.setattr(spreading, "WORTH_A_CASE_S", 0.0)
    return counted


def seen(result: RunResult) -> dict[str, Any]:
    """All of a result but its clocks."""
    volatile = {"cpu_s", "wall_s", "peak_mb"}
    told = result.model_dump(exclude=volatile | {"cases"})
    return told | {"cases": [case.model_dump(exclude=volatile) for case in result.cases]}


@pytest.mark.parametrize("name", [name for name in SAMPLES if "interactive" not in name])
def test_every_package_comes_to_the_same(
    judges: tuple[Judge, Judge], ahead: list[int], tmp_path: Path, name: str
) -> None:
    package = read_package(write_samples(tmp_path / "in", name) / name)
    item = load_item(write_item(tmp_path / "pack", slugs([package])[0], package).folder, root=tmp_path / "pack")
    for path, text in SAMPLES[name].items():
        alone = path.startswith("submissions/") and path.count("/") == 2 and path.endswith(".py")
        if not alone or "while True" in text:  # what never ends takes its time limit in each case, and shows no more
            continue
        for thorough in (False, True):
            first, second = (one.run(item, text, thorough=thorough) for one in judges)
            assert seen(first) == seen(second), path


def test_interactive_cases_run_one_after_another(judges: tuple[Judge, Judge], ahead: list[int], tmp_path: Path) -> None:
    package = read_package(write_samples(tmp_path / "in", "interactive-py") / "interactive-py")
    item = load_item(write_item(tmp_path / "pack", slugs([package])[0], package).folder, root=tmp_path / "pack")
    accepted = next(text for path, text in SAMPLES["interactive-py"].items() if "/accepted/" in path)
    assert judges[1].run(item, accepted).verdict is Verdict.accepted
    assert ahead == []


def slow_item(root: Path) -> Item:
    data: dict[str, str | bytes | None] = {}
    for number in range(CASES):
        data |= {f"data/secret/{number}.in": f"{number} 1\n", f"data/secret/{number}.ans": f"{number + 1}\n"}
    package = read_package(legacy(root / "in", data, head=HEAD))
    return load_item(write_item(root / "pack", slugs([package])[0], package).folder, root=root / "pack")


def test_cases_run_beside_each_other_and_are_told_in_order(judges: tuple[Judge, Judge], tmp_path: Path) -> None:
    lock, now, most = threading.Lock(), 0, 0
    told: list[str] = []
    item = slow_item(tmp_path)
    run = Answers.run

    def counted(self: Answers, case: Any) -> Any:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        try:
            return run(self, case)
        finally:
            with lock:
                now -= 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Answers, "run", counted)
        result = judges[1].run(item, SLOW_SUM, on_case=lambda case: told.append(case.name))
    assert result.verdict is Verdict.accepted
    assert told == [case.name for case in result.cases]
    assert len(told) == CASES + 2
    assert most == 2


def test_cases_behind_the_one_that_decides_count_as_not_run(
    judges: tuple[Judge, Judge], ahead: list[int], tmp_path: Path
) -> None:
    source = SLOW_SUM.replace("print(a + b)", "print(a + b if a != 3 else 0)")
    first, second = (one.run(slow_item(tmp_path / str(at)), source) for at, one in enumerate(judges))
    assert seen(first) == seen(second)
    assert first.not_run["secret"] >= 2
    assert ahead == [1]


def test_a_cancelled_run_leaves_no_process(judge: Judge, tmp_path: Path) -> None:
    before = set(census.descendants(os.getpid()))
    fresh, cancel = Judge(tier=judge.tier, jobs=2), threading.Event()
    told: list[str] = []

    def on_case(case: CaseResult) -> None:
        told.append(case.name)
        if len(told) == 4:
            cancel.set()

    try:
        result = fresh.run(slow_item(tmp_path), SLOW_SUM, on_case=on_case, cancel=cancel)
    finally:
        fresh.close()
    assert (result.verdict, result.message) == (Verdict.judge_error, "the run was cancelled")
    assert len(told) == 4
    assert set(census.descendants(os.getpid())) <= before


def test_a_single_place_runs_nothing_ahead(judges: tuple[Judge, Judge], ahead: list[int], tmp_path: Path) -> None:
    assert judges[0].run(slow_item(tmp_path), SUM_PY).verdict is Verdict.accepted
    assert ahead == []
