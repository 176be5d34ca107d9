"""The examiner's side: generators, oracles, checkers, and what happens when a pack has them wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.judge.small_items import DOUBLE_CASES, double_item, function, program, small_item

from greenroom.judge.results import RunResult, Verdict
from greenroom.judge.service import Judge

RIGHT = "def solve(n):\n    return 2 * n\n"
ORACLE = "def oracle(n):\n    return n + n\n"
GENERATE = """\
def cases(rng):
    for number in range(3):
        yield {"name": f"random {number}", "group": "basic", "visible": True, "args": [rng.randrange(10**9)]}
"""


def test_generated_cases_are_the_same_in_every_run_and_the_oracle_knows_their_answers(
    judge: Judge, tmp_path: Path
) -> None:
    item = small_item(tmp_path / "item", code=function(), files={"generate.py": GENERATE, "oracle.py": ORACLE})
    first, second = judge.run(item, RIGHT), judge.run(item, RIGHT)
    assert first.verdict is Verdict.accepted
    assert [case.args for case in first.cases] == [case.args for case in second.cases]
    assert len({case.args for case in first.cases}) == 3
    assert judge.run(item, "def solve(n):\n    return n\n").verdict is Verdict.wrong_answer


def test_null_may_be_what_is_expected(judge: Judge, tmp_path: Path) -> None:
    cases = [{"name": "null", "group": "basic", "args": [1], "expect": None}]
    oracle = "def oracle(n):\n    raise RuntimeError('must not be asked')\n"
    item = small_item(tmp_path / "item", code=function(returns="int | None"), cases=cases, files={"oracle.py": oracle})
    assert judge.run(item, "def solve(n):\n    return None\n").verdict is Verdict.accepted
    assert judge.run(item, RIGHT).verdict is Verdict.wrong_answer


CHECKER = """\
def check(args, expected, actual):
    args[0].clear()  # its own copy
    if sorted(actual) != actual:
        return f"not sorted: {actual}"
    return len(actual) == expected
"""


def test_a_checker_decides_and_its_reason_is_shown_on_visible_cases_only(judge: Judge, tmp_path: Path) -> None:
    cases = [
        {"name": "shown", "group": "basic", "visible": True, "args": [[3, 1]], "expect": 2},
        {"name": "kept", "group": "basic", "args": [[5, 4]], "expect": 2},
    ]
    item = small_item(
        tmp_path / "item",
        code=function(returns="list[int]", compare="checker", numbers="list[int]"),
        cases=cases,
        files={"checker.py": CHECKER},
    )
    assert judge.run(item, "def solve(numbers):\n    return sorted(numbers)\n").verdict is Verdict.accepted
    wrong = judge.run(item, "def solve(numbers):\n    return numbers\n")
    assert [case.message for case in wrong.cases] == ["not sorted: [3, 1]", "not the expected answer"]
    assert judge.run(item, "def solve(numbers):\n    return []\n").verdict is Verdict.wrong_answer
    assert judge.run(item, "def solve(numbers):\n    return 'ab'\n").verdict is Verdict.wrong_answer


def test_a_program_has_oracle_and_checker_too(judge: Judge, tmp_path: Path) -> None:
    cases = [{"name": "one", "group": "basic", "stdin": "5 3"}]
    oracle = "def oracle(stdin: str) -> str:\n    return str(sum(map(int, stdin.split())))\n"
    item = small_item(tmp_path / "item", code=program(), cases=cases, files={"oracle.py": oracle})
    assert judge.run(item, "print(8)").verdict is Verdict.accepted
    checker = "def check(args, expected, actual):\n    return args == ('5 3',) and actual.split() == ['8']\n"
    item = small_item(tmp_path / "other", code=program("checker"), cases=cases, files={"checker.py": checker})
    assert judge.run(item, "print(8)").verdict is Verdict.accepted


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"oracle.py": "def oracle(n):\n    return 1 / 0\n"}, "judge/oracle.py, line 2: ZeroDivisionError"),
        ({"oracle.py": "def oracle(n)\n"}, "judge/oracle.py: SyntaxError"),
        ({"oracle.py": "x = 1\n"}, "judge/oracle.py has no function oracle"),
        ({"oracle.py": "def oracle(n):\n    return 'text'\n"}, "judge/oracle.py: the value is str; declared int"),
        ({"oracle.py": "import os\nos._exit(1)\n"}, "in judge/ ended the examiner (exit code 1)"),
        ({"oracle.py": "def oracle(n):\n    return [0] * 10**12\n"}, "MemoryError"),
        ({}, "has no expect, and there is no judge/oracle.py"),
        ({"generate.py": "def cases(rng):\n    yield {'name': 'x'}\n"}, "a case is a mapping with name, group"),
        ({"generate.py": "def cases(rng):\n    raise KeyError(1)\n"}, "judge/generate.py, line 2: KeyError"),
        ({"generate.py": "def cases(rng):\n    yield dict(name='x', group='basic', args=['a'])\n"}, "case 'x': args"),
        ({"generate.py": "def cases(rng):\n    yield dict(name='x', group='basic', args=[])\n"}, "args with 1 values"),
        ({"generate.py": "def cases(rng):\n    yield dict(name='x', group='basic', arg=[1])\n"}, "unknown keys: arg"),
    ],
)
def test_a_broken_pack_is_a_judge_error_that_names_the_file_and_costs_nothing(
    judge: Judge, tmp_path: Path, files: dict[str, str], message: str
) -> None:
    cases = [{"name": "one", "group": "basic", "args": [1]}] if "generate.py" not in files else []
    result = judge.run(small_item(tmp_path / "item", code=function(), cases=cases, files=files), RIGHT)
    assert_no_blame(result, message)


def test_a_broken_checker_is_a_judge_error(judge: Judge, tmp_path: Path) -> None:
    checker = "def check(args, expected, actual):\n    return actual.missing\n"
    item = double_item(tmp_path / "item", code=function(compare="checker"), files={"checker.py": checker})
    assert_no_blame(judge.run(item, RIGHT), "judge/checker.py, line 2: AttributeError")


def test_a_rubric_over_a_group_without_cases_is_a_judge_error(judge: Judge, tmp_path: Path) -> None:
    from tests.judge.small_items import point

    item = double_item(tmp_path / "item", rubric=[point("basic"), point("scale")])
    assert_no_blame(judge.run(item, RIGHT), "the group 'scale', which has no cases")


def test_a_cases_file_that_is_not_yaml_is_a_judge_error(judge: Judge, tmp_path: Path) -> None:
    item = double_item(tmp_path / "item")
    (item.judge_folder / "cases.yaml").write_text("- {name: [\n", encoding="utf-8")
    assert_no_blame(judge.run(item, RIGHT), "cases.yaml")


def test_a_judge_file_that_is_a_link_out_of_the_item_is_refused(judge: Judge, tmp_path: Path) -> None:
    item = double_item(tmp_path / "item")
    (tmp_path / "elsewhere.py").write_text(ORACLE, encoding="utf-8")
    (item.judge_folder / "oracle.py").symlink_to(tmp_path / "elsewhere.py")
    assert_no_blame(judge.run(item, RIGHT), "oracle.py")


def test_the_pack_s_own_files_are_walled_in_as_well(judge: Judge, tmp_path: Path) -> None:
    oracle = """\
import os, socket
def oracle(n):
    for attempt in (lambda: socket.socket(), lambda: open("/etc/passwd"), lambda: os.execv("/bin/sh", ["sh"])):
        try:
            attempt()
        except OSError:
            continue
        raise AssertionError("got out")
    return 2 * n
"""
    cases = [{key: value for key, value in case.items() if key != "expect"} for case in DOUBLE_CASES]
    item = small_item(tmp_path / "item", code=function(), cases=cases, files={"oracle.py": oracle})
    assert judge.run(item, RIGHT).verdict is Verdict.accepted


def assert_no_blame(result: RunResult, message: str) -> None:
    assert result.verdict is Verdict.judge_error
    assert message in (result.message or "")
    assert result.findings == ()
