"""Runs of imported problems: what a candidate sees, what is left out, what is large."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.bank.kattis_packages import legacy
from tests.judge.problems.samples import ANY_SUM_VALIDATOR_CPP, REPORT_H, SUM_PY

from greenroom.bank.kattis.importing import slugs, write_item
from greenroom.bank.kattis.reading import read_package
from greenroom.bank.loader import load_item
from greenroom.bank.models import Item
from greenroom.judge import languages
from greenroom.judge.results import CaseResult, Verdict
from greenroom.judge.service import Judge

HEAD = "limits: {time_limit: 2}\n"

needs_cpp = pytest.mark.skipif(languages.find("cpp") is None, reason="this host has no C++")


def item_of(root: Path, files: dict[str, str | bytes | None] | None = None, head: str = "") -> Item:
    package = read_package(legacy(root / "in", files or {}, head=head + HEAD))
    made = write_item(root / "pack", slugs([package])[0], package)
    return load_item(made.folder, root=root / "pack")


def test_samples_alone_have_no_findings(judge: Judge, tmp_path: Path) -> None:
    seen: list[CaseResult] = []

    result = judge.run(item_of(tmp_path), SUM_PY, visible_only=True, on_case=seen.append)

    assert result.verdict is Verdict.accepted
    assert [case.name for case in result.cases] == ["sample/1"]
    assert result.findings == ()
    assert seen == list(result.cases)
    assert (seen[0].stdin, seen[0].expected, seen[0].actual) == ("1 2\n", "3\n", "3\n")


def test_a_wrong_sample_says_where_it_differs(judge: Judge, tmp_path: Path) -> None:
    result = judge.run(item_of(tmp_path), "print(4)\n")

    assert result.verdict is Verdict.wrong_answer
    assert result.cases[0].message == "token 1 is '4', expected '3'"
    assert result.not_run == {"secret": 1}
    (finding,) = result.findings
    assert finding.evidence == {
        "cases": "0 of 2", "failing": "sample/1", "verdict": "wrong-answer", "not_run": 1,
    }  # fmt: skip


def test_a_hidden_case_tells_nothing_of_itself(judge: Judge, tmp_path: Path) -> None:
    result = judge.run(item_of(tmp_path), "a, b = map(int, input().split())\nprint(a + b if a < 3 else 'x')\n")

    hidden = result.cases[-1]
    assert hidden.verdict is Verdict.wrong_answer
    assert hidden.message == "not an accepted output"
    assert (hidden.stdin, hidden.expected, hidden.actual, hidden.stdout) == (None, None, None, None)


def test_a_validators_word_for_the_team_is_shown_and_that_for_judges_is_not(judge: Judge, tmp_path: Path) -> None:
    validator = (
        "import sys\nopen(sys.argv[3] + 'teammessage.txt', 'w').write('nearly')\n"
        "open(sys.argv[3] + 'judgemessage.txt', 'w').write('the answer is ' + open(sys.argv[2]).read())\nsys.exit(43)\n"
    )
    item = item_of(tmp_path, {"output_validators/v.py": validator}, head="validation: custom\n")

    result = judge.run(item, SUM_PY)

    assert result.cases[0].message == "nearly"
    assert result.judge_messages == {"sample/1": "the answer is 3"}
    assert "the answer is" not in result.model_dump_json()


def test_python_that_does_not_compile(judge: Judge, tmp_path: Path) -> None:
    result = judge.run(item_of(tmp_path), "print(1\n")

    assert result.verdict is Verdict.compile_error
    assert "SyntaxError" in (result.message or "")
    assert [finding.earned for finding in result.findings] == [0.0]


@needs_cpp
def test_cpp_that_does_not_compile(judge: Judge, tmp_path: Path) -> None:
    result = judge.run(item_of(tmp_path), "int main() { return x; }\n", language="cpp")

    assert result.verdict is Verdict.compile_error
    assert "not declared" in (result.message or "")


@needs_cpp
def test_deep_recursion_has_a_stack_to_run_on(judge: Judge, tmp_path: Path) -> None:
    source = """#include <iostream>
    long depth(long n) { volatile char room[200]; room[0] = (char)n; return n ? 1 + depth(n - 1) + (room[0] & 0) : 0; }
    int main() { long a, b; std::cin >> a >> b; std::cout << depth(1000000) - 1000000 + a + b; }
    """

    assert judge.run(item_of(tmp_path), source, language="cpp").verdict is Verdict.accepted


@needs_cpp
def test_a_large_input_reaches_program_and_validator(judge: Judge, tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "data/secret/02-large.in": b"0 5" + b" " * (70 * 2**20) + b"\n",
        "data/secret/02-large.ans": "5\n",
        "output_validators/v/validate.cpp": ANY_SUM_VALIDATOR_CPP,
        "output_validators/v/report.h": REPORT_H,
    }
    item = item_of(tmp_path, files, head="validation: custom\n")
    source = "import sys\nprint(*sys.stdin.read().split())\n"

    result = judge.run(item, source)

    assert [case.verdict for case in result.cases] == [Verdict.accepted] * 3, result.message


def test_several_files_begin_where_they_are_told_to(judge: Judge, tmp_path: Path) -> None:
    files = {
        "sums.py": b"def add(a, b):\n    return a + b\n",
        "start.py": b"import sums\nprint(sums.add(*map(int, input().split())))\n",
    }
    item = item_of(tmp_path)

    assert judge.run(item, files, entry="start.py").verdict is Verdict.accepted
    assert judge.run(item, files, entry="nowhere.py").verdict is Verdict.judge_error


def test_a_cancelled_run_says_so(judge: Judge, tmp_path: Path) -> None:
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()

    result = judge.run(item_of(tmp_path), "import time\ntime.sleep(60)\n", cancel=cancel)

    assert result.verdict is Verdict.judge_error
    assert "cancelled" in (result.message or "")


def test_a_package_that_is_broken_after_its_import(judge: Judge, tmp_path: Path) -> None:
    item = item_of(tmp_path)
    assert item.package_folder is not None
    (item.package_folder / "problem.yaml").write_text("name: [\n")

    result = judge.run(item, SUM_PY)

    assert result.verdict is Verdict.judge_error
    assert "cannot be read" in (result.message or "")


def test_a_mended_package_is_read_anew(judge: Judge, tmp_path: Path) -> None:
    item = item_of(tmp_path)
    assert judge.run(item, SUM_PY).verdict is Verdict.accepted
    assert item.package_folder is not None
    (item.package_folder / "data/secret/02.in").write_text("1 1\n")
    (item.package_folder / "data/secret/02.ans").write_text("3\n")

    assert judge.run(item, SUM_PY).verdict is Verdict.wrong_answer


def test_a_rubric_that_measures_no_group_of_the_package(judge: Judge, tmp_path: Path) -> None:
    item = item_of(tmp_path)
    head = item.folder / "item.yaml"
    head.write_text(head.read_text().replace("score: all", "score: secret/nowhere"))

    result = judge.run(load_item(item.folder), SUM_PY)

    assert result.verdict is Verdict.judge_error
    assert "secret/nowhere" in (result.message or "")
