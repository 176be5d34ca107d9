"""What submissions must get by submissions.yaml, and the patterns in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bank.kattis_packages import Files, current, noted, problem_of, submission

from greenroom.bank.kattis.globs import alternatives, matches
from greenroom.bank.kattis.package import Expectation
from greenroom.bank.kattis.reading import read_package
from greenroom.bank.kattis.verdicts import CRASHED, EVERY, OF_CASES, Verdict

AC = frozenset({Verdict.accepted})
WA = frozenset({Verdict.wrong_answer})
TLE = frozenset({Verdict.time_limit})
PARTIAL = frozenset({Verdict.partial})


# --- by submissions.yaml


def rules(tmp_path: Path, text: str, *names: str, head: str = "") -> Path:
    files: Files = {f"submissions/{name}": "" for name in names}
    files["submissions/submissions.yaml"] = text
    return current(tmp_path / "p", files, head=head)


def test_everything_that_submissions_yaml_says(tmp_path: Path) -> None:
    text = """\
accepted/main.xyz:
  language: python3
  entrypoint: main.py
  authors: [Ada <a@b>, {name: Alan}]
  model_solution: true
mixed/{one,two}.py:
  permitted: [AC, WA, RTE]
  required: [WA]
  score: [10, 50.5]
  message: too large
  use_for_time_limit: false
  sample:
    permitted: [AC]
  secret/*-hard:
    permitted: AC TLE
    required: TLE
    score: 5
    use_for_time_limit: upper
"""
    package = read_package(rules(tmp_path, text, "accepted/main.xyz", "mixed/two.py", "mixed/three.py"))
    assert [one.message for one in package.unsupported] == ["'secret/*-hard' fits no test case"]
    main = submission(package, "accepted/main.xyz")
    assert (main.language, main.entry_point, main.model_solution) == ("python", "main.py", True)
    assert main.authors == ("Ada <a@b>", "Alan")
    assert main.verdicts == AC
    two = submission(package, "mixed/two.py")
    named = "submissions.yaml: mixed/{one,two}.py"
    assert two.expectations == (
        Expectation(named, None, AC | WA | CRASHED, WA, (10.0, 50.5), "too large", False),
        Expectation(f"{named}: sample", "sample", AC, OF_CASES),
        Expectation(f"{named}: secret/*-hard", "secret/*-hard", AC | TLE, TLE, (5.0, 5.0), "", "upper"),
    )
    assert [one.bounds_time_limit for one in two.expectations] == [None, "lower", "upper"]
    assert two.verdicts == WA | CRASHED
    assert two.score == (10.0, 50.5)
    assert submission(package, "mixed/three.py").verdicts == EVERY


def test_a_folders_defaults_are_replaced_key_by_key(tmp_path: Path) -> None:
    text = "time_limit_exceeded:\n  permitted: [AC, WA, TLE]\nwrong_answer/:\n  message: no\n"
    package = read_package(rules(tmp_path, text, "time_limit_exceeded/a.py", "wrong_answer/b.py"))
    (slow,) = submission(package, "time_limit_exceeded/a.py").expectations
    assert (slow.permitted, slow.required) == (AC | WA | TLE, TLE)
    (wrong,) = submission(package, "wrong_answer/b.py").expectations
    assert (wrong.permitted, wrong.required, wrong.message) == (AC | WA, WA, "no")


def test_a_pattern_asks_for_more_than_the_folder(tmp_path: Path) -> None:
    package = read_package(rules(tmp_path, "rejected/*.py:\n  permitted: [AC, TLE]\n", "rejected/a.py"))
    one = submission(package, "rejected/a.py")
    assert len(one.expectations) == 2
    assert one.verdicts == TLE


def test_cases_that_must_fail_leave_nothing_accepted(tmp_path: Path) -> None:
    text = "own/a.py:\n  secret/big:\n    required: [TLE, WA]\n"
    assert submission(read_package(rules(tmp_path, text, "own/a.py")), "own/a.py").verdicts == OF_CASES - AC


def test_contradictions_are_named_and_everything_is_taken(tmp_path: Path) -> None:
    text = "accepted/a.py:\n  permitted: [WA]\nmixed/b.py: {score: 1}\nmixed/*: {score: [2, 3]}\n"
    package = read_package(rules(tmp_path, text, "accepted/a.py", "mixed/b.py"))
    assert submission(package, "accepted/a.py").verdicts == EVERY
    noted(package, "submissions/accepted/a.py", "contradict each other")
    assert submission(package, "mixed/b.py").score is None
    noted(package, "submissions/mixed/b.py", "scores")


def test_a_pattern_that_fits_no_submission_is_named(tmp_path: Path) -> None:
    package = read_package(rules(tmp_path, "\naccepted/sum.py: {}\naccepted/gone.py: {language: cpp}\n"))
    note = noted(package, "submissions/submissions.yaml", "'accepted/gone.py' fits no submission")
    assert note.line == 3
    assert len(package.unsupported) == 1


def test_what_submissions_yaml_should_not_say_is_named(tmp_path: Path) -> None:
    text = "accepted/a.py:\n  langauge: cpp\n  language: klingon\n  sample: {permited: [AC]}\n"
    package = read_package(rules(tmp_path, text, "accepted/a.py"))
    assert noted(package, "submissions/submissions.yaml", "accepted/a.py.langauge").mend == "did you mean 'language'?"
    assert noted(package, "submissions/submissions.yaml", "'klingon'").line == 3
    assert noted(package, "submissions/submissions.yaml", "sample.permited").mend == "did you mean 'permitted'?"


@pytest.mark.parametrize(
    ("text", "word", "line"),
    [
        ("accepted: [AC]\n", "accepted: must be a map", 1),
        ("\naccepted:\n  permitted: [OK]\n", "'OK' is no verdict", 3),
        ("accepted: {permitted: []}\n", "names no verdict", 1),
        ("mixed/a: {permitted: [AC], required: [WA]}\n", "no verdict that is permitted", 1),
        ("mixed/a: {score: [2, 1]}\n", "score", 1),
        ("mixed/a: {score: [1, 2, 3]}\n", "score", 1),
        ("mixed/a: {use_for_time_limit: both}\n", "use_for_time_limit", 1),
        ("mixed/a: {model_solution: perhaps}\n", "model_solution", 1),
        ("'" + "{a,b}" * 11 + "': {}\n", "more than 1,000 others", 1),
        ("'" + "a" * 1001 + "': {}\n", "longer than 1,000", None),
        ("- accepted\n", "must be a map", 1),
        ("a: [\n", "not YAML", 2),
    ],
)
def test_a_broken_submissions_yaml_is_refused_with_its_line(
    tmp_path: Path, text: str, word: str, line: int | None
) -> None:
    problem = problem_of(rules(tmp_path, text))
    assert problem.file == "submissions/submissions.yaml"
    assert word in problem.message
    assert line is None or problem.line == line


def test_the_patterns_of_one_file_are_bounded_together(tmp_path: Path) -> None:
    text = "".join(f"a{number}{'{x,y}' * 9}: {{}}\n" for number in range(25))
    assert "more than 10,000 patterns" in problem_of(rules(tmp_path, text)).message


# --- patterns


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("accepted", "accepted/a.py", True),
        ("accepted/", "accepted/a.py", True),
        ("accepted/*", "accepted/a.py", True),
        ("accepted/*.py", "accepted/a.py", True),
        ("accepted/*.py", "accepted/a.pyc", False),
        ("accepted/a", "accepted/a.py", False),
        ("*", "accepted/a.py", True),
        ("*.py", "accepted/a.py", False),
        ("*/*/*", "accepted/a.py", False),
        ("acc*ted/?.py", "accepted/a.py", False),
        ("accepted/[a].py", "accepted/a.py", False),
        ("{rejected,accepted}/{a,b}.{py,cpp}", "accepted/b.py", True),
        ("{rejected,accepted}/{a,b}.{py,cpp}", "accepted/c.py", False),
        ("{x,acc{x,epted}}/a.py", "accepted/a.py", True),
        ("{accepted/a.py,rejected}", "accepted/a.py", True),
        ("a*b*a", "aba", True),
        ("a*b*a", "aa", False),
        ("ab*ba", "aba", False),
        ("**", "abc", True),
        ("*b*b*", "abc", False),
        ("", "a", False),
        ("secret/*-easy", "secret/01-easy", True),
        ("secret/group1", "secret/group1/01", True),
    ],
)
def test_patterns(pattern: str, path: str, fits: bool) -> None:
    assert matches(pattern, path) is fits


def test_stars_cost_no_time() -> None:
    assert not matches("*a" * 400 + "b", "a" * 250)


def test_braces_are_bounded() -> None:
    assert len(alternatives("{a,b}" * 9)) == 512
    with pytest.raises(ValueError, match="more than"):
        alternatives("{a,b}" * 60)
