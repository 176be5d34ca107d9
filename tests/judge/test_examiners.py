"""The examiners that stand ready: made once for an item, and no run sees what another one did."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.judge.small_items import double_item, function, small_item

from greenroom.bank.models import Item
from greenroom.judge.faults import JudgeFaultError
from greenroom.judge.results import Verdict
from greenroom.judge.service import Judge

RIGHT = "def solve(n):\n    return 2 * n\n"
NONCE = """\
import os
def cases(rng):
    yield {"name": "nonce", "group": "basic", "visible": True, "args": [int.from_bytes(os.urandom(8), "big")]}
"""
ORACLE = "def oracle(n):\n    return 2 * n\n"


@pytest.fixture(scope="module")
def ready(judge: Judge) -> Iterator[Judge]:
    """A judge at tier 1 with sandboxes that stand ready (*judge* is asked for, because it knows whether tier 1 is)."""
    one = Judge(tier=judge.tier, spares=1)
    yield one
    one.close()


def nonce_item(folder: Path) -> Item:
    return small_item(folder, code=function(), files={"generate.py": NONCE, "oracle.py": ORACLE})


def nonce(judge: Judge, item: Item) -> str:
    result = judge.run(item, RIGHT)
    assert result.verdict is Verdict.accepted
    return str(result.cases[0].args)


def test_the_cases_of_an_item_are_made_once(ready: Judge, tmp_path: Path) -> None:
    item = nonce_item(tmp_path / "item")
    ready.prepare(item)
    assert nonce(ready, item) == nonce(ready, item)


def test_an_edited_item_and_a_judge_that_rested_make_them_anew(ready: Judge, tmp_path: Path) -> None:
    item = nonce_item(tmp_path / "item")
    ready.prepare(item)
    first = nonce(ready, item)
    generator = item.judge_folder / "generate.py"
    generator.write_text(NONCE + "\n", encoding="utf-8")
    ready.prepare(item)
    second = nonce(ready, item)
    ready.rest()
    ready.prepare(item)
    assert len({first, second, nonce(ready, item)}) == 3


def test_several_wait_for_the_same_item(ready: Judge, tmp_path: Path) -> None:
    item = nonce_item(tmp_path / "item")
    threads = [threading.Thread(target=ready.prepare, args=[item]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert not any(thread.is_alive() for thread in threads)
    assert nonce(ready, item) == nonce(ready, item)


def test_only_the_last_items_are_kept(ready: Judge, tmp_path: Path) -> None:
    items = [nonce_item(tmp_path / f"item-{number}") for number in range(6)]
    first = []
    for item in items:
        ready.prepare(item)
        first.append(nonce(ready, item))
    assert nonce(ready, items[-1]) == first[-1]
    assert nonce(ready, items[0]) != first[0]


def test_without_spares_nothing_is_kept(judge: Judge, tmp_path: Path) -> None:
    item = nonce_item(tmp_path / "item")
    judge.prepare(item)
    assert nonce(judge, item) != nonce(judge, item)


REMEMBERING = """\
seen = []
def check(args, expected, actual):
    seen.append(args)
    return len(seen) <= 3 and actual == expected
"""


def test_a_run_does_not_see_what_the_checker_kept_of_another(ready: Judge, tmp_path: Path) -> None:
    """The item has three cases: a fourth one in the same process would fail."""
    item = double_item(tmp_path / "item", code=function(compare="checker"), files={"checker.py": REMEMBERING})
    ready.prepare(item)
    assert [ready.run(item, RIGHT).verdict for _ in range(3)] == [Verdict.accepted] * 3


def test_runs_of_one_item_at_the_same_time(ready: Judge, tmp_path: Path) -> None:
    item = double_item(tmp_path / "item")
    found: list[Verdict] = []
    threads = [threading.Thread(target=lambda: found.append(ready.run(item, RIGHT).verdict)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Verdict.accepted] * 6


@pytest.mark.parametrize(
    ("oracle", "message"),
    [
        ("def oracle(n):\n    return 1 / 0\n", "judge/oracle.py, line 2: ZeroDivisionError"),
        ("import os\nos._exit(3)\n", "in judge/ ended the examiner (exit code 3)"),
        ("import os\ndef oracle(n):\n    os.kill(os.getppid(), 9)\n    return 2 * n\n", "judge/"),
    ],
)
def test_files_that_fail_are_a_judge_error_each_time(ready: Judge, tmp_path: Path, oracle: str, message: str) -> None:
    cases = [{"name": "one", "group": "basic", "args": [1]}]
    item = small_item(tmp_path / "item", code=function(), cases=cases, files={"oracle.py": oracle})
    for _ in range(2):
        result = ready.run(item, RIGHT)
        assert (result.verdict, result.findings) == (Verdict.judge_error, ())
        assert message in (result.message or "")


def test_preparing_an_item_that_cannot_be_read_says_so(ready: Judge, tmp_path: Path) -> None:
    item = double_item(tmp_path / "item")
    (item.judge_folder / "cases.yaml").write_text("- {name: [\n", encoding="utf-8")
    with pytest.raises(JudgeFaultError, match=r"cases\.yaml"):
        ready.prepare(item)


def test_a_checker_that_kills_its_template_costs_that_run_alone(ready: Judge, tmp_path: Path) -> None:
    checker = "import os\ndef check(args, expected, actual):\n    os.kill(os.getppid(), 9)\n    return True\n"
    broken = double_item(tmp_path / "broken", code=function(compare="checker"), files={"checker.py": checker})
    sound = double_item(tmp_path / "sound")
    ready.prepare(sound)
    for _ in range(2):
        assert ready.run(broken, RIGHT).verdict in (Verdict.judge_error, Verdict.accepted)
        assert ready.run(sound, RIGHT).verdict is Verdict.accepted
