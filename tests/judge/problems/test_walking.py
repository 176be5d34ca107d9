"""The walk through test data: which cases are run, and what verdicts and scores come of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bank.kattis_packages import current, legacy

from greenroom.bank.kattis.cases import Case
from greenroom.bank.kattis.package import Package
from greenroom.bank.kattis.reading import read_package
from greenroom.judge.problems.walking import Outcome, Range, ScoreError, Walk, default_grade, range_of
from greenroom.judge.results import Verdict

AC, WA, TLE, RTE = Verdict.accepted, Verdict.wrong_answer, Verdict.time_limit, Verdict.runtime_error
Answer = Callable[[Case], Outcome]


def never(*_: object) -> Outcome:
    raise AssertionError("no grader is asked")


def walked(
    package: Package, answer: Answer, *, thorough: bool = False
) -> tuple[Outcome, list[str], dict[str, Outcome]]:
    walk = Walk(package, never, thorough)
    ran = []
    cases = walk.cases()
    try:
        case = next(cases)
        while True:
            ran.append(case.name)
            case = cases.send(answer(case))
    except StopIteration as done:
        return done.value, ran, walk.outcomes


def failing(*names: str, how: Verdict = WA) -> Answer:
    return lambda case: Outcome(how if case.name in names else AC)


def data(names: str) -> dict[str, str]:
    return {f"data/{name}.{end}": "1\n" for name in names.split() for end in ("in", "ans")}


def with_groups(root: Path, settings: Mapping[str, str], cases: str = "secret/a/1 secret/a/2 secret/b/1") -> Package:
    files: dict[str, str | bytes | None] = {"data/secret/01.in": None, "data/secret/01.ans": None, **data(cases)}
    files |= {f"data/{group}/test_group.yaml": text for group, text in settings.items()}
    return read_package(current(root, files, head="type: scoring\n"))


class TestPassFail:
    @pytest.mark.parametrize("write", [legacy, current])
    def test_the_first_failure_ends_it(self, write: Callable[..., Path], tmp_path: Path) -> None:
        package = read_package(write(tmp_path, data("secret/02 secret/03")))

        whole, ran, _ = walked(package, failing("secret/02", how=TLE))

        assert whole.verdict is TLE
        assert ran == ["sample/1", "secret/01", "secret/02"]

    def test_a_thorough_walk_has_every_case(self, tmp_path: Path) -> None:
        package = read_package(current(tmp_path, data("secret/02 secret/03")))

        whole, ran, _ = walked(package, failing("sample/1", "secret/02", how=TLE), thorough=True)

        assert whole.verdict is TLE
        assert ran == ["sample/1", "secret/01", "secret/02", "secret/03"]

    def test_all_of_it_accepted(self, tmp_path: Path) -> None:
        whole, ran, _ = walked(read_package(legacy(tmp_path)), failing())

        assert whole.accepted
        assert ran == ["sample/1", "secret/01"]


class TestScoring2025:
    def test_groups_are_passed_or_failed_by_default(self, tmp_path: Path) -> None:
        package = with_groups(tmp_path, {"secret/a": "max_score: 40\n", "secret/b": "max_score: 60\n"})

        whole, ran, groups = walked(package, failing("secret/a/1"))

        assert (whole.score, groups["secret/a"].score, groups["secret/b"].score) == (60, 0, 60)
        assert "secret/a/2" not in ran

    def test_the_sum_of_a_group_is_shared_by_its_cases(self, tmp_path: Path) -> None:
        package = with_groups(
            tmp_path, {"secret/a": "max_score: 40\nscore_aggregation: sum\n", "secret/b": "max_score: 60\n"}
        )

        whole, ran, _ = walked(package, failing("secret/a/1"))

        assert whole.score == 80
        assert "secret/a/2" in ran

    def test_min_takes_the_worst_case(self, tmp_path: Path) -> None:
        package = with_groups(
            tmp_path, {"secret/a": "max_score: 40\nscore_aggregation: min\n", "secret/b": "max_score: 60\n"}
        )

        whole, _, groups = walked(package, lambda case: Outcome(AC, None, 0.5 if case.name == "secret/a/2" else None))

        assert groups["secret/a"].score == 20
        assert whole.score == 80

    def test_a_group_that_needs_another_one(self, tmp_path: Path) -> None:
        package = with_groups(
            tmp_path, {"secret/a": "max_score: 40\n", "secret/b": "max_score: 60\nrequire_pass: [secret/a]\n"}
        )

        whole, ran, groups = walked(package, failing("secret/a/2", how=RTE), thorough=True)

        assert whole == Outcome(RTE, 0)
        assert groups["secret/b"] == Outcome(RTE, 0)
        assert "secret/b/1" not in ran

    def test_secret_may_need_the_samples(self, tmp_path: Path) -> None:
        package = with_groups(
            tmp_path,
            {"secret": "require_pass: sample\n", "secret/a": "max_score: 40\n", "secret/b": "max_score: 60\n"},
        )

        whole, ran, _ = walked(package, failing("sample/1"))

        assert whole == Outcome(WA, 0)
        assert ran == ["sample/1"]

    @pytest.mark.parametrize(
        ("group", "outcome"),
        [
            ("max_score: 40\n", Outcome(AC, 3.0)),
            ("max_score: 40\nscore_aggregation: min\n", Outcome(AC, 41.0)),
            ("max_score: 40\nscore_aggregation: sum\n", Outcome(AC, 21.0)),
        ],
    )
    def test_scores_that_the_format_forbids(self, group: str, outcome: Outcome, tmp_path: Path) -> None:
        package = with_groups(tmp_path, {"secret/a": group, "secret/b": "max_score: 60\n"})

        with pytest.raises(ScoreError):
            walked(package, lambda case: outcome if case.name.startswith("secret/a") else Outcome(AC))

    @given(st.lists(st.booleans(), min_size=3, max_size=3))
    def test_a_score_is_within_its_range_and_full_only_when_all_pass(self, passed: list[bool]) -> None:
        package = _PACKAGE[0]
        names = ["secret/a/1", "secret/a/2", "secret/b/1"]

        whole, _, groups = walked(package, failing(*(n for n, ok in zip(names, passed, strict=True) if not ok)))

        assert whole.score is not None
        assert 0 <= whole.score <= 100
        assert (whole.score == 100) == all(passed) == whole.accepted
        assert groups["secret/a"].score == 40 * sum(passed[:2]) / 2


_PACKAGE: list[Package] = []


@pytest.fixture(autouse=True, scope="module")
def _package(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = {"secret/a": "max_score: 40\nscore_aggregation: sum\n", "secret/b": "max_score: 60\n"}
    _PACKAGE.append(with_groups(tmp_path_factory.mktemp("package"), settings))


class TestLegacyScoring:
    def package(self, root: Path, settings: Mapping[str, str]) -> Package:
        files: dict[str, str | bytes | None] = {"data/secret/01.in": None, "data/secret/01.ans": None}
        files |= data("secret/a/1 secret/a/2 secret/b/1")
        files |= {f"data/{group}testdata.yaml": text for group, text in settings.items()}
        return read_package(legacy(root, files, head="type: scoring\n"))

    def test_break_leaves_the_rest_of_its_group_out(self, tmp_path: Path) -> None:
        package = self.package(
            tmp_path,
            {"": "on_reject: continue\n", "secret/": "on_reject: continue\n", "secret/a/": "on_reject: break\n"},
        )

        whole, ran, _ = walked(package, failing("secret/a/1"))

        assert ran == ["sample/1", "secret/a/1", "secret/b/1"]
        assert whole == Outcome(WA, 2.0)  # the sample's and that of secret/b

    def test_accept_and_reject_scores(self, tmp_path: Path) -> None:
        package = self.package(
            tmp_path,
            {
                "": "on_reject: continue\ngrader_flags: ignore_sample\n",
                "secret/": "on_reject: continue\naccept_score: 5\nreject_score: -1\n",
            },
        )

        whole, _, groups = walked(package, failing("secret/a/1"))

        assert groups["secret/a"].score == 4
        assert whole.score == 9
        assert range_of(package, package.data) == Range(-3, 15)


class TestDefaultGrader:
    results = (Outcome(AC, 1), Outcome(WA, 2), Outcome(TLE, 6))

    @pytest.mark.parametrize(
        ("flags", "verdict", "score"),
        [
            ("", TLE, 9),
            ("first_error", WA, 9),
            ("always_accept avg", AC, 3),
            ("min", TLE, 1),
            ("max first_error worst_error", TLE, 6),
            ("accept_if_any_accepted sum", AC, 9),
            ("ignore_sample", WA, 2),
        ],
    )
    def test_flags(self, flags: str, verdict: Verdict, score: float) -> None:
        assert default_grade(flags.split(), self.results, root=True) == Outcome(verdict, score)

    def test_only_the_root_has_a_sample_to_ignore(self) -> None:
        assert default_grade(["ignore_sample"], self.results, root=False) == Outcome(TLE, 9)

    def test_nothing_is_accepted_with_no_points(self) -> None:
        assert default_grade([], [], root=True) == Outcome(AC, 0)


class TestShare:
    def test_of_the_way_to_the_best_end(self) -> None:
        assert Range(0, 50).share(10) == 0.2
        assert Range(0, 50).share(10, minimize=True) == 0.8
        assert Range(0, 50).share(60) == 1

    def test_unknown_without_a_best_end(self) -> None:
        assert Range(0, float("inf")).share(10) is None
        assert Range(float("-inf"), 10).share(10) == 1
        assert Range(float("-inf"), 10).share(9) == 0
