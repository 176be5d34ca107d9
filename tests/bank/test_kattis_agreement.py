"""What a package says of its submissions, held against what became of them; and time limits from their times."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bank.kattis_packages import current, legacy, submission

from greenroom.bank.kattis.agreement import Ran, disagreements, expected
from greenroom.bank.kattis.package import Limits, Package, Submission
from greenroom.bank.kattis.reading import read_package
from greenroom.bank.kattis.timing import MOST, Found, Timed, bounds_from_below, find, infer, slowest_case

SECRET = "secret/01"


def of(root: Path, name: str, **files: str) -> tuple[Package, Submission]:
    package = read_package(root)
    return package, submission(package, name)


class TestLegacy:
    @pytest.fixture
    def pair(self, tmp_path: Path) -> tuple[Package, Submission]:
        return of(legacy(tmp_path, {"submissions/wrong_answer/x.py": ""}), "wrong_answer/x.py")

    def test_the_final_verdict_decides(self, pair: tuple[Package, Submission]) -> None:
        assert disagreements(*pair, Ran("wrong-answer")) == []
        assert disagreements(*pair, Ran("accepted")) == ["accepted, expected wrong-answer"]

    def test_a_failing_judge_never_agrees(self, pair: tuple[Package, Submission]) -> None:
        assert disagreements(*pair, Ran("judge-error")) == ["the judge failed"]

    def test_a_crash_may_be_a_memory_limit(self, tmp_path: Path) -> None:
        pair = of(legacy(tmp_path, {"submissions/run_time_error/x.py": ""}), "run_time_error/x.py")

        assert disagreements(*pair, Ran("memory-limit")) == []
        assert disagreements(*pair, Ran("time-limit")) != []

    def test_scores(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes | None] = {"submissions/accepted/x.py": "# @EXPECTED_SCORE@: 7\n"}
        pair = of(legacy(tmp_path, files, head="type: scoring\n"), "accepted/x.py")

        assert disagreements(*pair, Ran("accepted", scores={"all": 7})) == []
        assert disagreements(*pair, Ran("accepted", scores={"all": 8})) == ["the whole scored 8, expected 7"]
        assert disagreements(*pair, Ran("accepted")) == ["the whole has no score"]
        assert disagreements(*pair, Ran("accepted", scores={"all": 8, "secret": 7})) == []

    def test_an_accepted_submission_may_have_less_than_the_best_score(self, tmp_path: Path) -> None:
        pair = of(legacy(tmp_path, head="type: scoring\n"), "accepted/sum.py")

        assert disagreements(*pair, Ran("partial", scores={"all": 7})) == []
        assert disagreements(*pair, Ran("wrong-answer", scores={"all": 7})) != []

    def test_partial_is_about_points_where_the_verdict_says_nothing_of_them(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes | None] = {"submissions/partially_accepted/x.py": ""}
        pair = of(legacy(tmp_path, files, head="type: scoring\n"), "partially_accepted/x.py")

        assert disagreements(*pair, Ran("partial", scores={"all": 7})) == []
        assert disagreements(*pair, Ran("wrong-answer", scores={"all": 7})) == []
        assert disagreements(*pair, Ran("wrong-answer", scores={"all": 0})) != []
        assert disagreements(*pair, Ran("accepted", scores={"all": 7})) != []
        assert disagreements(*pair, Ran("accepted", scores={"all": 7}, has_no_best=True)) == []

    def test_output_without_end_is_as_good_as_time_without_end(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes | None] = {"submissions/time_limit_exceeded/x.py": ""}
        pair = of(legacy(tmp_path, files), "time_limit_exceeded/x.py")

        assert disagreements(*pair, Ran("output-limit")) == []
        assert disagreements(*pair, Ran("memory-limit")) != []


class TestCurrent:
    def pair(self, root: Path, rules: str, head: str = "") -> tuple[Package, Submission]:
        files: dict[str, str | bytes | None] = {"submissions/own/x.py": "", "submissions/submissions.yaml": rules}
        return of(current(root, files, head=head), "own/x.py")

    def test_every_case_must_be_permitted_and_one_required(self, tmp_path: Path) -> None:
        pair = self.pair(tmp_path, "own: {permitted: [AC, WA], required: [WA]}\n")

        assert disagreements(*pair, Ran("wrong-answer", {"sample/1": "accepted", SECRET: "wrong-answer"})) == []
        (reason,) = disagreements(*pair, Ran("accepted", {"sample/1": "accepted", SECRET: "accepted"}))
        assert "no case is wrong-answer" in reason
        told = disagreements(*pair, Ran("wrong-answer", {"sample/1": "time-limit", SECRET: "wrong-answer"}))
        assert any("sample/1 is time-limit" in one for one in told)

    def test_rules_for_some_cases(self, tmp_path: Path) -> None:
        pair = self.pair(tmp_path, "own:\n  secret: {permitted: [TLE]}\n")

        assert disagreements(*pair, Ran("time-limit", {"sample/1": "accepted", SECRET: "time-limit"})) == []
        assert disagreements(*pair, Ran("wrong-answer", {"sample/1": "accepted", SECRET: "wrong-answer"})) != []

    def test_messages_of_validators(self, tmp_path: Path) -> None:
        pair = self.pair(tmp_path, "own: {message: too long}\n")
        cases = {"sample/1": "accepted", SECRET: "wrong-answer"}

        assert disagreements(*pair, Ran("wrong-answer", cases, messages={SECRET: "line 3 is too long"})) == []
        assert disagreements(*pair, Ran("wrong-answer", cases)) != []

    def test_cases_of_a_closed_group_count_as_not_accepted(self, tmp_path: Path) -> None:
        strict = self.pair(tmp_path / "a", "own: {permitted: [AC]}\n")
        loose = self.pair(tmp_path / "b", "own: {permitted: [AC, WA], required: [WA]}\n")
        ran = Ran("accepted", {"sample/1": "accepted"})

        assert any("was not run" in one for one in disagreements(*strict, ran))
        assert disagreements(*loose, ran) == []

    def test_what_does_not_compile_agrees_with_no_rule(self, tmp_path: Path) -> None:
        pair = self.pair(tmp_path, "own: {required: [RTE]}\n")

        assert disagreements(*pair, Ran("compile-error")) != []

    def test_what_is_expected_can_be_printed(self, tmp_path: Path) -> None:
        pair = self.pair(tmp_path, "own: {permitted: [AC, WA], required: [WA], message: no}\n")

        said = expected(*pair)

        assert said["verdict"] == ["wrong-answer"]
        assert said["cases"] == [
            {
                "origin": "submissions.yaml: own",
                "permitted": ["accepted", "wrong-answer"],
                "required": ["wrong-answer"],
                "message": "no",
            }
        ]


class TestTimeLimitsOfAHost:
    def test_python_has_one_of_its_own_where_it_needs_more(self) -> None:
        times = [Timed("a.cpp", "cpp", 0.3), Timed("a.py", "python", 1.1)]
        found = find(Limits(time_multiplier=5, time_resolution=1), times)

        assert (found.seconds, found.python_s) == (2, 6)
        assert "a.cpp" in found.how
        assert "a.py" in found.python_how

    def test_python_alone_sets_the_limit_for_all(self) -> None:
        found = find(Limits(time_multiplier=2), [Timed("a.py", "python", 1.1)])

        assert (found.seconds, found.python_s) == (3, None)

    def test_a_stated_limit_stands_where_it_leaves_room(self) -> None:
        times = [Timed("a.cpp", "cpp", 1.6), Timed("a.py", "python", 1.6)]

        assert find(Limits(time_limit=2.0), times) == Found(2.0, "stated by the package")

    def test_a_stated_limit_is_raised_where_an_accepted_submission_needs_it(self) -> None:
        times = [Timed("a.cpp", "cpp", 1.9), Timed("a.py", "python", 8.04)]
        found = find(Limits(time_limit=2.0), times)

        assert (found.seconds, found.python_s) == (2.9, 12.1)
        assert found.how == "raised from 2 s: a.cpp takes 1.900 s here"

    def test_nothing_is_larger_than_the_largest(self) -> None:
        assert find(Limits(time_limit=900.0), []).seconds == MOST
        assert find(Limits(time_limit=2.0), [Timed("a.py", "python", 290)]).python_s == MOST


class TestTimeLimit:
    def test_the_slowest_by_the_multiplier_in_whole_steps(self) -> None:
        found = infer(Limits(time_multiplier=5, time_resolution=1), [("a", 0.1), ("b", 0.41)])

        assert (found.seconds, found.slowest, found.took_s) == (3, "b", 0.41)

    def test_never_less_than_one_step(self) -> None:
        assert infer(Limits(time_resolution=0.5), [("a", 0.0)]).seconds == 0.5

    def test_an_exact_multiple_is_not_rounded_up(self) -> None:
        assert infer(Limits(time_multiplier=2, time_resolution=0.1), [("a", 0.15)]).seconds == pytest.approx(0.3)

    def test_without_times_it_is_said(self) -> None:
        assert infer(Limits(), []).slowest is None

    def test_accepted_submissions_bound_it(self, tmp_path: Path) -> None:
        package = read_package(legacy(tmp_path, {"submissions/wrong_answer/x.py": ""}))

        assert bounds_from_below(submission(package, "accepted/sum.py"))
        assert not bounds_from_below(submission(package, "wrong_answer/x.py"))

    def test_only_cases_that_the_rule_is_about(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes | None] = {
            "submissions/own/x.py": "",
            "submissions/submissions.yaml": "own:\n  sample: {permitted: [AC]}\n  secret: {permitted: [AC, TLE]}\n",
        }
        package = read_package(current(tmp_path, files))

        assert slowest_case(submission(package, "own/x.py"), {"sample/1": 0.2, SECRET: 9.0}) == 0.2
