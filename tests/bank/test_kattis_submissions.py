"""Submissions: their files and languages, and what they must get by folder, by annotation and by submissions.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bank.kattis_packages import Files, Write, below, current, legacy, noted, submission

from greenroom.bank.kattis.reading import read_package
from greenroom.bank.kattis.verdicts import CRASHED, EVERY, OF_CASES, REJECTED, Verdict, Verdicts, spelled
from greenroom.judge.results import Verdict as Judged

AC = frozenset({Verdict.accepted})
WA = frozenset({Verdict.wrong_answer})
TLE = frozenset({Verdict.time_limit})
PARTIAL = frozenset({Verdict.partial})


def test_verdicts_are_the_judges_words() -> None:
    assert {one.value for one in Verdict} == {one.value for one in Judged} - {"judge-error"}


@pytest.mark.parametrize(
    ("words", "verdicts"),
    [
        ("CORRECT ACCEPTED accepted AC", AC),
        ("WRONG-ANSWER WRONG_ANSWER wrong_answer NO-OUTPUT WA", WA),
        ("TIMELIMIT TIME_LIMIT_EXCEEDED time-limit TLE", TLE),
        ("RUN-ERROR RUN_TIME_ERROR runtime_error rte", CRASHED),
        ("COMPILER-ERROR compile_error compiler_error CE", frozenset({Verdict.compile_error})),
        ("OUTPUT-LIMIT output_limit_exceeded OLE", frozenset({Verdict.output_limit})),
        ("MEMORY-LIMIT memory_limit_exceeded MLE", frozenset({Verdict.memory_limit})),
        ("partially_accepted PARTIAL", PARTIAL),
    ],
)
def test_spellings(words: str, verdicts: Verdicts) -> None:
    assert [spelled(f" {word} ") for word in words.split()] == [verdicts] * len(words.split())


@pytest.mark.parametrize("word", ["", "CHECK-MANUALLY", "JE", "sort of accepted"])
def test_words_that_are_no_verdict(word: str) -> None:
    assert spelled(word) is None


# --- languages


@pytest.mark.parametrize(
    ("name", "source", "legacy_language", "current_language"),
    [
        ("a.py", "", "python", "python"),
        ("a.py3", "", "python", "python"),
        ("a.py2", "", "python2", "python2"),
        ("a.py", "#!/usr/bin/env python2\n", "python2", "python"),
        ("a.py", "#!/usr/bin/python3\r\n", "python", "python"),
        ("a.py", b"#!/usr/bin/pypy \xff\n", "python", "python"),
        ("a.py", "x = 1\n#!/usr/bin/env python2\n", "python", "python"),
        ("a.cpp", "", "cpp", "cpp"),
        ("a.cc", "", "cpp", "cpp"),
        ("a.cxx", "", "cpp", "cpp"),
        ("a.c++", "", "cpp", "cpp"),
        ("a.C", "", "cpp", "cpp"),
        ("a.CPP", "", "cpp", "cpp"),
        ("a.c", "", "c", "c"),
        ("A.java", "", "java", "java"),
        ("a.kt", "", "kotlin", "kotlin"),
        ("a.js", "", "javascript", "javascript"),
        ("a.mjs", "", "javascript", "javascript"),
        ("a.go", "", "go", "go"),
        ("a.rs", "", "rust", "rust"),
        ("a.hs", "", "haskell", "haskell"),
        ("a.cs", "", "csharp", "csharp"),
        ("a", "#!/usr/bin/env python3\n", "python", "python"),
        ("a", "#!/bin/sh\n", "bash", "bash"),
    ],
)
def test_languages(tmp_path: Path, name: str, source: str | bytes, legacy_language: str, current_language: str) -> None:
    files: Files = {f"submissions/wrong_answer/{name}": source}
    for package, language in (
        (read_package(legacy(tmp_path / "p", files)), legacy_language),
        (read_package(current(tmp_path / "q", files)), current_language),
    ):
        assert submission(package, f"wrong_answer/{name}").language == language
        assert package.unsupported == ()


def test_a_folder_is_one_submission(tmp_path: Path) -> None:
    files: Files = {
        "submissions/accepted/big/main.py": "#!/usr/bin/env python2\n",
        "submissions/accepted/big/inner/helper.py": "",
        "submissions/accepted/big/data.txt": "",
        "submissions/accepted/big/.hidden": "",
        "submissions/accepted/big/__pycache__/main.pyc": b"",
    }
    package = read_package(legacy(tmp_path / "p", files))
    one = submission(package, "accepted/big")
    assert below(package, one.path, *one.files) == [
        "submissions/accepted/big",
        "submissions/accepted/big/data.txt",
        "submissions/accepted/big/inner/helper.py",
        "submissions/accepted/big/main.py",
    ]
    assert (one.language, one.directory) == ("python2", "accepted")


def test_languages_that_are_unknown_or_several_are_named(tmp_path: Path) -> None:
    files: Files = {
        "submissions/accepted/README.md": "",
        "submissions/accepted/both/a.cpp": "",
        "submissions/accepted/both/b.java": "",
        "submissions/accepted/both/c.h": "",
    }
    package = read_package(legacy(tmp_path / "p", files))
    assert submission(package, "accepted/README.md").language is None
    assert submission(package, "accepted/both").language is None
    noted(package, "submissions/accepted/README.md", "not known")
    noted(package, "submissions/accepted/both", "cpp, java")


def test_a_package_without_an_accepted_submission_says_so(tmp_path: Path) -> None:
    files: Files = {"submissions/accepted/sum.py": None, "submissions/accepted/notes.txt": ""}
    noted(read_package(legacy(tmp_path / "p", files)), "submissions", "no accepted submission")


def test_what_lies_beside_the_folders_is_named(tmp_path: Path) -> None:
    root = legacy(tmp_path / "p", {"submissions/loose.py": "", "submissions/submissions.yaml": "a: 1\n"})
    (root / "submissions/accepted/empty").mkdir()
    package = read_package(root)
    assert len(package.submissions) == 1
    noted(package, "submissions/loose.py")
    assert "2025-09" in noted(package, "submissions/submissions.yaml").mend
    noted(package, "submissions/accepted/empty", "no file")
    misspelt = read_package(current(tmp_path / "q", {"submissions/submissions.yml": ""}))
    assert "submissions.yaml" in noted(misspelt, "submissions/submissions.yml").mend


# --- by folder


@pytest.mark.parametrize(
    ("folder", "verdicts", "permitted", "required", "bounds"),
    [
        ("accepted", AC, AC, AC, "lower"),
        ("wrong_answer", WA, AC | WA, WA, None),
        ("time_limit_exceeded", TLE, AC | WA | TLE, TLE, "upper"),
        ("run_time_error", CRASHED, OF_CASES, CRASHED, None),
        ("runtime_error", CRASHED, OF_CASES, CRASHED, None),
        ("rte", CRASHED, OF_CASES, CRASHED, None),
        ("output_limit_exceeded", {Verdict.output_limit}, OF_CASES, {Verdict.output_limit}, None),
        ("memory_limit_exceeded", {Verdict.memory_limit}, OF_CASES, {Verdict.memory_limit}, None),
        ("compiler_error", {Verdict.compile_error}, OF_CASES, OF_CASES, None),
        ("compile_error", {Verdict.compile_error}, OF_CASES, OF_CASES, None),
        ("partially_accepted", PARTIAL, OF_CASES, OF_CASES, None),
        ("rejected", REJECTED, OF_CASES, OF_CASES - AC, None),
        ("mixed", EVERY, OF_CASES, OF_CASES, None),
        ("brute_force", CRASHED | TLE, OF_CASES, CRASHED | TLE, None),
    ],
)
def test_folders_of_legacy(
    tmp_path: Path, folder: str, verdicts: Verdicts, permitted: Verdicts, required: Verdicts, bounds: str | None
) -> None:
    package = read_package(legacy(tmp_path / "p", {f"submissions/{folder}/a.c": ""}))
    one = submission(package, f"{folder}/a.c")
    assert one.verdicts == verdicts
    (expectation,) = one.expectations
    assert (expectation.permitted, expectation.required) == (permitted, required)
    assert (expectation.bounds_time_limit, expectation.cases) == (bounds, None)
    assert package.unsupported == ()


@pytest.mark.parametrize(
    ("folder", "verdicts", "permitted", "required", "bounds"),
    [
        ("accepted", AC, AC, OF_CASES, "lower"),
        ("rejected", OF_CASES - AC, OF_CASES, OF_CASES - AC, None),
        ("wrong_answer", WA, AC | WA, WA, "lower"),
        ("time_limit_exceeded", TLE, AC | TLE, TLE, "upper"),
        ("run_time_error", CRASHED, AC | CRASHED, CRASHED, "lower"),
        ("brute_force", CRASHED | TLE, AC | CRASHED | TLE, CRASHED | TLE, None),
    ],
)
def test_folders_of_2025_09(
    tmp_path: Path, folder: str, verdicts: Verdicts, permitted: Verdicts, required: Verdicts, bounds: str | None
) -> None:
    package = read_package(current(tmp_path / "p", {f"submissions/{folder}/a.c": ""}))
    one = submission(package, f"{folder}/a.c")
    assert one.verdicts == verdicts
    (expectation,) = one.expectations
    assert (expectation.permitted, expectation.required, expectation.bounds_time_limit) == (permitted, required, bounds)
    assert package.unsupported == ()


@pytest.mark.parametrize("write", [legacy, current])
def test_a_folder_that_no_format_knows_is_named(tmp_path: Path, write: Write) -> None:
    package = read_package(write(tmp_path / "p", {"submissions/slow_accepted/a.c": ""}))
    one = submission(package, "slow_accepted/a.c")
    assert (one.verdicts, one.expectations) == (EVERY, ())
    noted(package, "submissions/slow_accepted", "may come to anything")


# --- by annotation


@pytest.mark.parametrize(
    ("folder", "source", "verdicts"),
    [
        ("mixed", "// @EXPECTED_RESULTS@: WRONG-ANSWER, TIMELIMIT\n", WA | TLE),
        ("mixed", "/* @expected_results@: Correct */", AC),
        ("mixed", b"\xff\xfe # @EXPECTED_RESULTS@:   RUN_TIME_ERROR\r\nnext", CRASHED),
        ("mixed", "@EXPECTED_SCORE@: WRONG-ANSWER", WA),
        ("mixed", "<!-- @EXPECTED_RESULTS@: NO-OUTPUT -->", WA),
        ("unheard_of", "# @EXPECTED_RESULTS@: COMPILER-ERROR", frozenset({Verdict.compile_error})),
        ("rejected", "# @EXPECTED_RESULTS@: CORRECT, MEMORY-LIMIT", frozenset({Verdict.memory_limit})),
        ("accepted", "# @EXPECTED_RESULTS@: CORRECT, TIMELIMIT", AC),
        ("run_time_error", "# @EXPECTED_RESULTS@: OUTPUT-LIMIT", frozenset({Verdict.output_limit})),
    ],
)
def test_annotations(tmp_path: Path, folder: str, source: str | bytes, verdicts: Verdicts) -> None:
    package = read_package(legacy(tmp_path / "p", {f"submissions/{folder}/a.c": source}))
    assert submission(package, f"{folder}/a.c").verdicts == verdicts
    assert package.unsupported == ()


def test_an_annotation_in_any_file_of_a_folder_counts(tmp_path: Path) -> None:
    files: Files = {"submissions/mixed/x/a.c": "", "submissions/mixed/x/b.c": "// @EXPECTED_RESULTS@: TIMELIMIT\n"}
    assert submission(read_package(current(tmp_path / "p", files)), "mixed/x").verdicts == TLE


def test_the_folder_counts_where_an_annotation_contradicts_it(tmp_path: Path) -> None:
    files: Files = {"submissions/accepted/a.c": "// @EXPECTED_RESULTS@: WRONG-ANSWER\n"}
    package = read_package(legacy(tmp_path / "p", files))
    assert submission(package, "accepted/a.c").verdicts == AC
    noted(package, "submissions/accepted/a.c", "wrong-answer; its folder says otherwise")


def test_odd_annotations_are_named(tmp_path: Path) -> None:
    files: Files = {
        "submissions/mixed/manual.c": "// @EXPECTED_RESULTS@: CHECK-MANUALLY\n",
        "submissions/mixed/word.c": "// @EXPECTED_RESULTS@: SLOW, WRONG-ANSWER\n",
        "submissions/mixed/nothing.c": "// @EXPECTED_RESULTS@:\n",
        "submissions/mixed/twice.c": "// @EXPECTED_RESULTS@: CORRECT\n// @EXPECTED_RESULTS@: TIMELIMIT\n",
    }
    package = read_package(legacy(tmp_path / "p", files))
    assert [submission(package, f"mixed/{name}.c").verdicts for name in ("manual", "word", "nothing", "twice")] == [
        EVERY,
        WA,
        EVERY,
        EVERY,
    ]
    noted(package, "submissions/mixed/manual.c", "CHECK-MANUALLY")
    noted(package, "submissions/mixed/word.c", "'SLOW'")
    noted(package, "submissions/mixed/nothing.c", "no verdict")
    noted(package, "submissions/mixed/twice.c", "more than one")


@pytest.mark.parametrize("write", [legacy, current])
def test_expected_scores(tmp_path: Path, write: Write) -> None:
    files: Files = {"submissions/rejected/a.c": "// @EXPECTED_SCORE@: 42.5\n"}
    one = submission(read_package(write(tmp_path / "p", files)), "rejected/a.c")
    assert one.score == (42.5, 42.5)
    assert Verdict.accepted not in one.verdicts


def test_a_huge_source_is_searched_within_bounds(tmp_path: Path) -> None:
    files: Files = {"submissions/mixed/a.c": b" " * 1_000_000 + b"@EXPECTED_RESULTS@: TIMELIMIT"}
    package = read_package(legacy(tmp_path / "p", files))
    assert submission(package, "mixed/a.c").verdicts == EVERY
    noted(package, "submissions/mixed/a.c", "1,000,000 bytes")
