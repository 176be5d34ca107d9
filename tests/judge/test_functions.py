"""Function items, run for real at tier 1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.judge.small_items import double_item, function, point, small_item

from greenroom.bank.findings import State
from greenroom.bank.specs import CodeSpec, Limits
from greenroom.judge.results import CaseResult, RunResult, Verdict
from greenroom.judge.service import Judge

RIGHT = "def solve(n: int) -> int:\n    return 2 * n\n"


def states(result: RunResult) -> dict[str, str]:
    return {finding.point: finding.state.value for finding in result.findings}


def test_a_right_answer_is_accepted_with_every_point(judge: Judge, tmp_path: Path) -> None:
    result = judge.run(double_item(tmp_path / "item"), RIGHT)
    assert result.verdict is Verdict.accepted
    assert result.tier == 1
    assert [case.name for case in result.cases] == ["two", "nothing", "many"]
    assert states(result) == {"basic": "met", "large": "met"}
    assert all(finding.confidence == 1 and finding.earned == 1 for finding in result.findings)
    assert result.findings[0].evidence == {"cases": "2 of 2"}
    assert 0 < result.cpu_s < 1
    assert result.wall_s > 0
    assert 5 < result.peak_mb < 60


def test_what_is_printed_as_json_has_the_documented_keys(judge: Judge, tmp_path: Path) -> None:
    printed = judge.run(double_item(tmp_path / "item"), RIGHT).model_dump(mode="json")
    assert {"verdict", "tier", "findings", "cases", "cpu_s", "wall_s", "peak_mb"} <= printed.keys()
    assert {"name", "verdict", "cpu_s", "wall_s", "peak_mb"} <= printed["cases"][0].keys()
    assert printed["verdict"] == "accepted"


def test_points_are_earned_by_group_and_the_evidence_names_the_first_failure(judge: Judge, tmp_path: Path) -> None:
    source = "def solve(n):\n    return 2 * n if n < 100 else n\n"
    result = judge.run(double_item(tmp_path / "item"), source)
    assert result.verdict is Verdict.partial
    assert states(result) == {"basic": "met", "large": "missed"}
    assert result.findings[1].evidence == {"cases": "0 of 1", "failing": "many", "verdict": "wrong-answer"}


def test_a_share_is_earned_where_the_rubric_says_so(judge: Judge, tmp_path: Path) -> None:
    item = double_item(tmp_path / "item", rubric=[point("all", cases=("basic", "large"), earn="share")])
    result = judge.run(item, "def solve(n):\n    return 4\n")
    assert result.findings[0].earned == pytest.approx(1 / 3)
    assert result.findings[0].state is State.missed
    assert result.verdict is Verdict.wrong_answer


def test_a_metric_counts_only_with_a_right_answer(judge: Judge, tmp_path: Path) -> None:
    rubric = [point("basic"), point("lean", metric="peak_mb", at_most=60), point("tiny", metric="cpu_s", at_most=1e-6)]
    item = double_item(tmp_path / "item", rubric=rubric)
    assert states(judge.run(item, RIGHT)) == {"basic": "met", "lean": "met", "tiny": "missed"}
    assert judge.run(item, RIGHT).verdict is Verdict.partial
    wrong = judge.run(item, "def solve(n):\n    return None\n")
    assert states(wrong) == {"basic": "missed", "lean": "missed", "tiny": "missed"}


VERDICTS = [
    ("def solve(n):\n    return 5\n", Verdict.wrong_answer, "not the expected"),
    ("def solve(n):\n    return [n]\n", Verdict.wrong_answer, "returned list, declared int"),
    ("def solve(n):\n    return 2.0 * n\n", Verdict.wrong_answer, "returned float, declared int"),
    ("def solve(n):\n    return n == 2\n", Verdict.wrong_answer, "returned bool, declared int"),
    ("def solve(n):\n    return object()\n", Verdict.wrong_answer, "class object, which is not plain data"),
    ("def solve(n):\n    a = []\n    a.append(a)\n    return a\n", Verdict.wrong_answer, "contains itself"),
    ("def solve(n):\n    while True: pass\n", Verdict.time_limit, "more than 0.3 s of CPU time"),
    ("import time\ndef solve(n):\n    time.sleep(60)\n", Verdict.time_limit, "not done after 1 s"),
    ("def solve(n):\n    return len([0] * 10**9)\n", Verdict.memory_limit, "more than 64 MB of memory"),
    ("def solve(n):\n    a = []\n    while True: a.append(bytearray(1 << 20))\n", Verdict.memory_limit, "64 MB"),
    ("def solve(n):\n    while True: print('x' * 1000)\n", Verdict.output_limit, "more than 16 kB of output"),
    ("import os\ndef solve(n):\n    while True: os.write(2, b'x' * 1000)\n", Verdict.output_limit, "16 kB"),
    ("def solve(n):\n    return 'x' * (20 << 20)\n", Verdict.output_limit, "value of more than 16 MB"),
    (
        "def solve(n):\n    return n / 0\n",
        Verdict.runtime_error,
        "ZeroDivisionError: division by zero (solution.py, line 2)",
    ),
    ("x = 1 / 0\ndef solve(n):\n    return n\n", Verdict.runtime_error, "(solution.py, line 1)"),
    ("def solve(n, m):\n    return n\n", Verdict.runtime_error, "TypeError"),
    ("def solve(n):\n    return solve(n)\n", Verdict.runtime_error, "RecursionError"),
    ("def solve(n):\n    raise SystemExit(0)\n", Verdict.runtime_error, "SystemExit: 0 (solution.py, line 2)"),
    ("def solve(n):\n    exit()\n", Verdict.runtime_error, "SystemExit"),
    ("import os\nos._exit(0)\ndef solve(n):\n    return n\n", Verdict.runtime_error, "exit code 0"),
    ("import os\ndef solve(n):\n    os.kill(os.getpid(), 11)\n", Verdict.runtime_error, "SIGSEGV"),
    ("def solve(n):\n    open('f', 'wb').write(bytes(8 << 20))\n", Verdict.runtime_error, "4 MB of disk"),
    (
        "def solve(n):\n    raise NotImplementedError\n",
        Verdict.runtime_error,
        "NotImplementedError (solution.py, line 2)",
    ),
    ("def solve(n):\n    return 4\n\n\nsolve = 4\n", Verdict.compile_error, "there is no function solve"),
    ("def other(n):\n    return n\n", Verdict.compile_error, "there is no function solve"),
    ("", Verdict.compile_error, "there is no function solve"),
    ("def solve(n):\n    retrun n\n", Verdict.compile_error, "SyntaxError: invalid syntax (solution.py, line 2)"),
    ("def solve(n):\nreturn n\n", Verdict.compile_error, "line 2"),
    ("x = '\0'\n", Verdict.compile_error, "null bytes"),
    ("x = '\ud800'\n", Verdict.compile_error, "surrogate"),
    ("x = " + "(" * 5000 + ")" * 5000, Verdict.compile_error, "parenthes"),
]
TIGHT = Limits(cpu_s=0.3, wall_s=30, memory_mb=64, processes=4, output_kb=16, disk_mb=4)


@pytest.mark.parametrize(("source", "verdict", "message"), VERDICTS, ids=range(len(VERDICTS)))
def test_every_way_to_fail_has_its_verdict_and_a_helpful_line(
    judge: Judge, tmp_path: Path, source: str, verdict: Verdict, message: str
) -> None:
    case = {"name": "one", "group": "basic", "visible": True, "args": [2], "expect": 4}
    limits = TIGHT.model_copy(update={"wall_s": 1}) if "time.sleep" in source else TIGHT
    item = small_item(tmp_path / "item", code=function(), cases=[case], limits=limits)
    result = judge.run(item, source)
    told = result.message if verdict is Verdict.compile_error else result.cases[0].message
    assert result.verdict is verdict, told
    assert message in (told or "")
    assert states(result) == {"basic": "missed"}


def run_one(judge: Judge, folder: Path, code: CodeSpec, args: list[Any], expect: Any, source: str) -> CaseResult:
    case = {"name": "one", "group": "basic", "visible": True, "args": args, "expect": expect}
    return judge.run(small_item(folder / "item", code=code, cases=[case]), source).cases[0]


@pytest.mark.parametrize(
    ("parameters", "returns", "args", "expect", "body"),
    [
        ({"a": "tuple[int, int]"}, "str", [[1, 2]], "tuple", "return type(a).__name__"),
        ({"a": "set[int]"}, "set[int]", [[1, 1, 2]], [2, 1], "return a"),
        ({"a": "list[tuple[int, int]]"}, "tuple[int, int] | None", [[[1, 2]]], [1, 2], "return a[0]"),
        (
            {"a": "dict[str, list[int]]"},
            "dict[str, int]",
            [{"x": [1, 2]}],
            {"x": 3},
            "return {k: sum(v) for k, v in a.items()}",
        ),
        ({"a": "float"}, "float", [1], 2, "return a + 1 if type(a) is float else None"),
        ({"a": "int"}, "float", [1], 2, "return a + 1"),
        ({"a": "bytes"}, "bytes", ["ab"], "ba", "return a[::-1]"),
        (
            {"a": "list[str]"},
            "dict[str, int]",
            [["x", "y", "x"]],
            {"x": 2, "y": 1},
            "import collections; return collections.Counter(a)",
        ),
        ({"a": "int | None"}, "bool", [None], True, "return a is None"),
        ({}, "int", [], 10**100, "return 10**100"),
        ({"a": "int"}, "None", [1], None, "return None"),
    ],
)
def test_values_have_their_declared_types_on_both_sides(
    judge: Judge, tmp_path: Path, parameters: dict[str, str], returns: str, args: list[Any], expect: Any, body: str
) -> None:
    listed = [{"name": name, "type": kind} for name, kind in parameters.items()]
    code = CodeSpec.model_validate({"form": "function", "entry": "solve", "parameters": listed, "returns": returns})
    case = run_one(judge, tmp_path, code, args, expect, f"def solve({', '.join(parameters)}):\n    {body}\n")
    assert case.verdict is Verdict.accepted, case.message


@pytest.mark.parametrize(
    ("compare", "returns", "expect", "answer", "accepted"),
    [
        ("exact", "list[int]", [1, 2], "[2, 1]", False),
        ("unordered", "list[int]", [1, 2], "[2, 1]", True),
        ("unordered", "list[int]", [1, 2], "[2, 2]", False),
        ("close", "float", 0.3, "0.1 + 0.2", True),
        ("close", "list[float]", [0.3], "[0.31]", False),
        ("exact", "float", 0.3, "0.1 + 0.2", False),
    ],
)
def test_compare_modes(
    judge: Judge, tmp_path: Path, compare: str, returns: str, expect: Any, answer: str, accepted: bool
) -> None:
    code = function(returns=returns, compare=compare)
    case = run_one(judge, tmp_path, code, [0], expect, f"def solve(n):\n    return {answer}\n")
    assert (case.verdict is Verdict.accepted) is accepted


def test_visible_cases_show_everything_and_hidden_ones_nothing(judge: Judge, tmp_path: Path) -> None:
    secret = 918273645
    cases = [
        {"name": "shown", "group": "basic", "visible": True, "args": [2], "expect": 4},
        {"name": "kept", "group": "basic", "args": [secret], "expect": secret + 1},
        {"name": "kept too", "group": "basic", "args": [secret], "expect": secret + 1},
    ]
    source = f"""\
import sys
def solve(n):
    print("n is", n)
    print("n is", n, file=sys.stderr)
    if n == {secret}:
        raise type(f"Error{{n}}", (ValueError,), {{}})(f"the argument was {{n}}")
    return n
"""
    result = judge.run(small_item(tmp_path / "item", code=function(), cases=cases), source)
    shown, kept, _ = result.cases
    assert (shown.args, shown.expected, shown.actual, shown.stdout) == ("n=2", "4", "2", "n is 2\n")
    assert kept.message == "an exception (solution.py, line 6)"
    assert [kept.args, kept.stdin, kept.expected, kept.actual, kept.stdout] == [None] * 5
    assert str(secret) not in result.model_dump_json()


def test_a_forged_compile_error_cannot_carry_a_hidden_argument_out(judge: Judge, tmp_path: Path) -> None:
    cases = [{"name": "kept", "group": "basic", "args": [918273645], "expect": 1}]
    source = """\
import json, os
def solve(n):
    for letter in (b"C", b"E", b"U"):
        os.write(3, letter + json.dumps({"type": str(n), "text": str(n), "line": n, "memory": False}).encode())
        os._exit(0)
"""
    result = judge.run(small_item(tmp_path / "item", code=function(), cases=cases), source)
    assert result.verdict is Verdict.runtime_error
    assert "918273645" not in result.model_dump_json()


def test_visible_only_runs_the_visible_cases_and_decides_no_point(judge: Judge, tmp_path: Path) -> None:
    seen: list[CaseResult] = []
    result = judge.run(double_item(tmp_path / "item"), RIGHT, visible_only=True, on_case=seen.append)
    assert [case.name for case in result.cases] == ["two"]
    assert (result.verdict, result.findings) == (Verdict.accepted, ())
    assert tuple(seen) == result.cases


def test_each_case_starts_fresh(judge: Judge, tmp_path: Path) -> None:
    source = """\
import os, random
count = 0
def solve(n):
    global count
    count += 1
    fresh = count == 1 and os.listdir("/tmp") == [] and dict(os.environ) == {}
    open("/tmp/left", "w").write("behind")
    return 2 * n if fresh else -1
"""
    assert judge.run(double_item(tmp_path / "item"), source).verdict is Verdict.accepted


def test_random_is_seeded_anew_for_each_case(judge: Judge, tmp_path: Path) -> None:
    cases = [{"name": str(n), "group": "basic", "visible": True, "args": [n], "expect": 0} for n in range(3)]
    source = "import random\ndef solve(n):\n    return random.getrandbits(64)\n"
    result = judge.run(small_item(tmp_path / "item", code=function(), cases=cases), source)
    assert len({case.actual for case in result.cases}) == 3


def test_dataclasses_and_type_hints_work_as_in_an_ordinary_module(judge: Judge, tmp_path: Path) -> None:
    source = """\
from __future__ import annotations
from dataclasses import dataclass
from typing import NamedTuple
@dataclass
class Pair:
    left: int
    right: int
def solve(n: int) -> int:
    assert __name__ == "solution"
    return sum(vars(Pair(n, n)).values())
if __name__ == "__main__":
    raise SystemExit
"""
    assert judge.run(double_item(tmp_path / "item"), source).verdict is Verdict.accepted


def test_stopping_at_the_first_failure_counts_the_rest_as_not_passed(judge: Judge, tmp_path: Path) -> None:
    code = function().model_copy(update={"stop_at_first_failure": True})
    item = double_item(tmp_path / "item", code=code, rubric=[point("all", cases=("basic", "large"), earn="share")])
    result = judge.run(item, "def solve(n):\n    return 2 * n if n else 1\n")
    assert [case.verdict for case in result.cases] == [Verdict.accepted, Verdict.wrong_answer]
    assert result.findings[0].evidence["cases"] == "1 of 3"


SLOW_CASES = [
    {"name": f"{group} {number}", "group": group, "visible": number == 0, "args": [number], "expect": 2 * number}
    for group in ("all", "shared")
    for number in range(5)
]
SLOW_RUBRIC = [point("all"), point("shared", cases=("shared",), earn="share")]


def test_a_lost_group_ends_with_its_first_hidden_case_above_the_time_limit(judge: Judge, tmp_path: Path) -> None:
    """But the visible cases, a group that is earned in shares, and what fails in another way are run to the end."""
    limits = Limits(cpu_s=0.2, wall_s=5, memory_mb=128)
    item = small_item(tmp_path / "item", code=function(), cases=SLOW_CASES, rubric=SLOW_RUBRIC, limits=limits)
    slow = judge.run(item, "def solve(n):\n    while n in (0, 2, 4):\n        pass\n    return 2 * n\n")
    late, right = Verdict.time_limit, Verdict.accepted
    assert [case.verdict for case in slow.cases] == [late, right, late, late, right, late, right, late]
    assert slow.not_run == {"all": 2}
    assert [finding.evidence["cases"] for finding in slow.findings] == ["1 of 5", "2 of 5"]
    assert [finding.evidence.get("not_run") for finding in slow.findings] == [2, None]
    wrong = judge.run(item, "def solve(n):\n    return n\n")
    assert (len(wrong.cases), wrong.not_run) == (10, {})


def test_a_brief_run_has_the_points_and_the_verdict_of_a_whole_one(judge: Judge, tmp_path: Path) -> None:
    item = small_item(tmp_path / "item", code=function(), cases=SLOW_CASES, rubric=SLOW_RUBRIC)
    for source in (
        "return 2 * n",
        "return n",
        "return 2 * n if n < 3 else 0",
        "return 1 // n",
        "return 2 * n if n != 1 else 0",
    ):
        whole = judge.run(item, f"def solve(n):\n    {source}\n")
        brief = judge.run(item, f"def solve(n):\n    {source}\n", brief=True)
        assert brief.verdict is whole.verdict
        assert [(one.point, one.earned, one.state) for one in brief.findings] == [
            (one.point, one.earned, one.state) for one in whole.findings
        ]
        assert len(brief.cases) + brief.not_run.get("all", 0) == len(whole.cases)
    assert brief.not_run == {"all": 3}
