"""Programs: stdin to stdout, run for real at tier 1."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.judge.small_items import program, small_item

from greenroom.judge.results import CaseResult, Verdict
from greenroom.judge.service import Judge

SUM = {"name": "sum", "group": "basic", "visible": True, "stdin": "1 2\n3\n", "expect": "6\n"}


def run_sum(judge: Judge, folder: Path, source: str, compare: str = "tokens") -> CaseResult:
    return judge.run(small_item(folder / "item", code=program(compare), cases=[SUM]), source).cases[0]


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nprint(sum(map(int, sys.stdin.read().split())))\n",
        "import sys\nsys.stdout.write(str(sum(map(int, open(0).read().split()))))\n",
        "a, b = map(int, input().split())\nprint(a + b + int(input()))\n",
        "import sys\nsys.stdout.buffer.write(b'%d' % sum(map(int, sys.stdin.buffer.read().split())))\n",
        "import os\nos.write(1, b'6')\nos._exit(0)\n",
        "print(6)\nraise SystemExit\n",
        "print(6)\nexit(0)\n",
        "import atexit\natexit.register(print, 6)\n",
        "import threading\nthreading.Timer(0.05, print, [6]).start()\n",
        "if __name__ == '__main__':\n    print(6)\n",
        "import sys\nprint('noise', file=sys.stderr)\nprint(6)\n",
        "print('\\u2003 6', end='')\n",
    ],
)
def test_the_answer_is_what_reaches_stdout(judge: Judge, tmp_path: Path, source: str) -> None:
    case = run_sum(judge, tmp_path, source)
    assert case.verdict is Verdict.accepted, case


@pytest.mark.parametrize(
    ("source", "verdict", "message"),
    [
        ("print(7)", Verdict.wrong_answer, "not the expected"),
        ("", Verdict.wrong_answer, "not the expected"),
        ("print(6)\nraise SystemExit(3)\n", Verdict.runtime_error, "exit code 3"),
        ("print(6)\nraise SystemExit('no luck')\n", Verdict.runtime_error, "exit code 1: no luck"),
        (
            "print(6)\nint('x')\n",
            Verdict.runtime_error,
            "ValueError: invalid literal for int() with base 10: 'x' (solution.py, line 2)",
        ),
        ("while True: input()\n", Verdict.runtime_error, "EOFError"),
        ("while True: print(6)\n", Verdict.output_limit, "64 kB of output"),
        ("print(6", Verdict.compile_error, ""),
        ("import os\nprint(6, flush=True)\nos.kill(os.getpid(), 9)\n", Verdict.runtime_error, "SIGKILL"),
    ],
)
def test_programs_fail_in_their_own_ways(
    judge: Judge, tmp_path: Path, source: str, verdict: Verdict, message: str
) -> None:
    result = judge.run(small_item(tmp_path / "item", code=program(), cases=[SUM]), source)
    assert result.verdict is verdict
    if verdict is not Verdict.compile_error:
        assert message in str(result.cases[0].message)


@pytest.mark.parametrize(
    ("compare", "printed", "accepted"),
    [
        ("exact", "6\\n\\n", True),
        ("exact", " 6", False),
        ("tokens", " 6 ", True),
        ("close", "6.0000000001", True),
        ("close", "6.1", False),
    ],
)
def test_compare_modes(judge: Judge, tmp_path: Path, compare: str, printed: str, accepted: bool) -> None:
    case = run_sum(judge, tmp_path, f"print('{printed}', end='')", compare)
    assert (case.verdict is Verdict.accepted) is accepted


def test_a_visible_case_shows_stdin_and_stdout(judge: Judge, tmp_path: Path) -> None:
    case = run_sum(judge, tmp_path, "print(7)")
    assert (case.stdin, case.expected, case.actual, case.stdout) == ("1 2\n3\n", "6\n", "7\n", "7\n")


def test_large_input_that_nobody_reads_and_large_output_do_not_block(judge: Judge, tmp_path: Path) -> None:
    generate = """\
        def cases(rng):
            yield {"name": "big", "group": "basic", "stdin": "x" * 3_000_000, "expect": "y" * 60_000}
    """
    item = small_item(tmp_path / "item", code=program(), files={"generate.py": generate})
    assert judge.run(item, "print('y' * 60_000)").verdict is Verdict.accepted
    echo = "import sys\nassert len(sys.stdin.read()) == 3_000_000\nprint('y' * 60_000)\n"
    assert judge.run(item, echo).verdict is Verdict.accepted


def test_bytes_that_are_not_text_are_a_wrong_answer(judge: Judge, tmp_path: Path) -> None:
    case = run_sum(judge, tmp_path, "import os\nos.write(1, bytes([0xff, 0x1b, 0, 10]))\n")
    assert case.verdict is Verdict.wrong_answer
    assert case.stdout is not None
    assert "\x1b" not in case.stdout
    assert "\0" not in case.stdout
