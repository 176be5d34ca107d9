"""Groups of test data: their order, their settings and what they inherit."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest
from tests.bank.kattis_packages import (
    Files,
    case,
    case_files,
    current,
    current_of,
    group,
    legacy,
    legacy_of,
    noted,
    problem_of,
    problems_of,
)

from greenroom.bank.kattis.cases import Arguments, Comparison, GroupSettings, LegacyGroupSettings
from greenroom.bank.kattis.reading import read_package

# --- order


def test_cases_and_groups_are_ordered_together_by_base_name(tmp_path: Path) -> None:
    # By file name `1-a.in` would come before `1.in`, and `2/` after `10.in` in any case.
    files = case_files("secret/1", "secret/1-a", "secret/10", "secret/2/x", "secret/B", "secret/a", "secret/1.5")
    package = read_package(legacy(tmp_path / "p", files))
    assert [item.base_name for item in package.secret.items] == ["01", "1", "1-a", "1.5", "10", "2", "B", "a"]
    assert [one.name for one in package.secret.all_cases()][5] == "secret/2/x"


def test_folders_inside_a_group_of_2025_09_are_no_groups(tmp_path: Path) -> None:
    names = ("secret/g1/b", "secret/g1/a/2", "secret/g1/a/1", "secret/g0/x")
    files = case_files(*names) | {"data/secret/01.in": None, "data/secret/01.ans": None}
    files["data/secret/g1/a/test_group.yaml"] = "args: [x]\n"
    package = read_package(current(tmp_path / "p", files))
    assert [one.name for one in package.data.all_groups()] == ["", "sample", "secret", "secret/g0", "secret/g1"]
    assert [one.name for one in group(package, "secret/g1").cases] == ["secret/g1/a/1", "secret/g1/a/2", "secret/g1/b"]
    assert case(package, "secret/g1/a/1").args == ()
    noted(package, "data/secret/g1/a/test_group.yaml", "not read")


# --- testdata.yaml


def test_testdata_yaml_is_inherited_key_by_key(tmp_path: Path) -> None:
    files = case_files("secret/g1/a", "secret/g1/deep/b", "secret/g2/c") | {
        "data/testdata.yaml": "on_reject: continue\nrange: 0 100\ngrader_flags: ignore_sample\n"
        "output_validator_flags: float_tolerance 1e-3\n",
        "data/sample/testdata.yaml": "accept_score: 0\n",
        "data/secret/testdata.yaml": "grader_flags: min sum\n",
        "data/secret/g1/testdata.yaml": "on_reject: break\naccept_score: '40'\nreject_score: -1\nrange: -inf 40\n"
        "input_validator_flags: max_n=10 small\noutput_validator_flags: case_sensitive\n",
    }
    package = read_package(legacy(tmp_path / "p", files, head="type: scoring\n"))
    assert package.unsupported == ()
    flags = Arguments(("float_tolerance", "1e-3"))
    root = LegacyGroupSettings("continue", "default", ("ignore_sample",), Arguments(), flags, 1.0, 0.0, (0.0, 100.0))
    assert package.data.settings == root
    assert (legacy_of(package, "sample").accept_score, legacy_of(package, "sample").range) == (0.0, (0.0, 100.0))
    assert legacy_of(package, "secret").grader_flags == ("min", "sum")
    assert legacy_of(package, "secret").on_reject == "continue"
    small = LegacyGroupSettings(
        "break",
        "default",
        ("min", "sum"),
        Arguments(("max_n=10", "small")),
        Arguments(("case_sensitive",)),
        40.0,
        -1.0,
        (-inf, 40.0),
    )
    assert legacy_of(package, "secret/g1") == small
    assert legacy_of(package, "secret/g1/deep") == small
    assert legacy_of(package, "secret/g2") == legacy_of(package, "secret")


def test_validator_flags_come_before_those_of_the_group(tmp_path: Path) -> None:
    files = case_files("secret/g/a") | {
        "data/secret/g/testdata.yaml": "output_validator_flags: float_absolute_tolerance 0.5\n"
    }
    root = legacy(tmp_path / "p", files, head="validator_flags: float_tolerance 1e-6 space_change_sensitive\n")
    package = read_package(root)
    grouped = case(package, "secret/g/a")
    assert grouped.output_validator_args.common[:2] == ("float_tolerance", "1e-6")
    assert grouped.output_validator_args.common[-2:] == ("float_absolute_tolerance", "0.5")
    assert grouped.comparison == Comparison(False, True, 1e-6, 0.5)
    assert case(package, "secret/01").comparison == package.comparison == Comparison(False, True, 1e-6, 1e-6)


@pytest.mark.parametrize(
    ("flags", "first", "second"),
    [
        ("a b", ("a", "b"), ("a", "b")),
        ("{name: one.py, flags: a b}", ("a", "b"), ()),
        ("{one: a, two.py: b c}", ("a",), ("b", "c")),
    ],
)
def test_input_validator_flags_may_be_for_some(
    tmp_path: Path, flags: str, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    files: Files = {"data/testdata.yaml": f"input_validator_flags: {flags}\n"}
    arguments = case(read_package(legacy(tmp_path / "p", files)), "secret/01").input_validator_args
    assert (arguments.of("one.py"), arguments.of("two.py")) == (first, second)


def test_named_output_validator_flags_follow_those_of_the_problem(tmp_path: Path) -> None:
    files: Files = {"data/testdata.yaml": "output_validator_flags: {name: check, flags: b}\n"}
    files["output_validators/check.py"] = ""
    root = legacy(tmp_path / "p", files, head="validation: custom\nvalidator_flags: a\n")
    arguments = case(read_package(root), "secret/01").output_validator_args
    assert (arguments.of("check.py"), arguments.of("other.py")) == (("a", "b"), ())


def test_the_default_validator_takes_flags_under_any_name(tmp_path: Path) -> None:
    files: Files = {"data/testdata.yaml": "output_validator_flags: {name: default, flags: case_sensitive}\n"}
    root = legacy(tmp_path / "p", files, head="validator_flags: float_tolerance 1\n")
    assert case(read_package(root), "secret/01").comparison == Comparison(True, False, 1.0, 1.0)


def test_grading_of_ancient_problem_yamls_goes_before_testdata_yaml(tmp_path: Path) -> None:
    head = "type: scoring\ngrading: {on_reject: grade, accept_score: 7, range: 0 7}\n"
    files: Files = {"data/secret/testdata.yaml": "on_reject: break\naccept_score: 1\nreject_score: 2\n"}
    package = read_package(legacy(tmp_path / "p", files, head=head))
    assert package.unsupported == ()
    secret = legacy_of(package, "secret")
    assert (secret.on_reject, secret.accept_score, secret.reject_score, secret.range) == ("continue", 7.0, 2.0, (0, 7))


@pytest.mark.parametrize(
    ("text", "word", "line"),
    [
        ("\non_reject: stop\n", "on_reject: 'stop' is not known", 2),
        ("grading: mine\n", "grading: 'mine' is not known", 1),
        ("accept_score: many\n", "accept_score: must be a number", 1),
        ("range: 0\n", "range: must be two numbers", 1),
        ("range: 1 0\n", "range: must be two numbers", 1),
        ("range: nan 1\n", "range: must be two numbers", 1),
        ("- on_reject\n", "must be a map", 1),
        ("on_reject: [\n", "not YAML", 2),
        ("output_validator_flags: float_tolerance x\n", "float_tolerance needs a number", None),
    ],
)
def test_a_broken_testdata_yaml_is_refused_with_its_line(
    tmp_path: Path, text: str, word: str, line: int | None
) -> None:
    problem = problem_of(legacy(tmp_path / "p", {"data/secret/testdata.yaml": text}, head="type: scoring\n"))
    assert word in problem.message
    assert problem.file.startswith("data/secret")
    assert problem.line == line


def test_what_testdata_yaml_should_not_say_is_named(tmp_path: Path) -> None:
    files: Files = {"data/testdata.yaml": "accept_score: 5\ngrader_flag: sum\n", "data/testdata.yml": ""}
    package = read_package(legacy(tmp_path / "p", files))
    noted(package, "data/testdata.yaml", "scoring problems")
    assert noted(package, "data/testdata.yaml", "grader_flag").mend == "did you mean 'grader_flags'?"
    assert "testdata.yaml" in noted(package, "data/testdata.yml").mend


def test_a_group_with_custom_grading_needs_a_grader(tmp_path: Path) -> None:
    files: Files = {"data/secret/testdata.yaml": "grading: custom\n"}
    assert problem_of(legacy(tmp_path / "p", files)).file == "data/secret/testdata.yaml"
    package = read_package(legacy(tmp_path / "q", files | {"graders/grade.py": ""}))
    assert [grader.name for grader in package.graders] == ["grade.py"]
    assert legacy_of(package, "secret").grading == "custom"


# --- test_group.yaml and <case>.yaml


def test_groups_inherit_arguments_and_not_scores(tmp_path: Path) -> None:
    files = case_files("secret/g1/a", "secret/g2/b") | {
        "data/secret/01.in": None,
        "data/secret/01.ans": None,
        "data/secret/test_group.yaml": "max_score: 60\nscore_aggregation: min\nargs: [--fast]\n"
        "output_validator_args: [float_tolerance, '1e-3']\n",
        "data/secret/g1/test_group.yaml": "max_score: 20\nrequire_pass: sample\nfull_feedback: true\n"
        "input_validator_args: {validate: [--n, 5]}\n",
        "data/secret/g2/test_group.yaml": "max_score: 40\nscore_aggregation: sum\nrequire_pass: [sample, secret/g1]\n"
        "args: []\noutput_validator_args: [case_sensitive]\ninput_visualizer_args: [v]\noutput_visualizer_args: [w]\n",
        "data/secret/g1/a.yaml": "args: [x, 1]\nhint: Think.\ndescription: Small.\nfull_feedback: false\n"
        "output_validator_args: [space_change_sensitive]\ninput_validator_args: [z]\n",
    }
    package = read_package(current(tmp_path / "p", files, head="type: scoring\n"))
    assert package.unsupported == ()
    tolerant = ("float_tolerance", "1e-3")
    assert package.secret.settings == GroupSettings(60, "min", args=("--fast",), output_validator_args=tolerant)
    assert current_of(package, "sample") == GroupSettings(full_feedback=True)
    assert current_of(package, "secret/g1") == GroupSettings(
        20,
        "pass-fail",
        ("sample",),
        args=("--fast",),
        input_validator_args=Arguments(named={"validate": ("--n", "5")}),
        output_validator_args=tolerant,
        full_feedback=True,
    )
    assert current_of(package, "secret/g2") == GroupSettings(
        40,
        "sum",
        ("sample", "secret/g1"),
        output_validator_args=("case_sensitive",),
        input_visualizer_args=("v",),
        output_visualizer_args=("w",),
    )
    own = case(package, "secret/g1/a")
    assert (own.args, own.hint, own.description, own.full_feedback) == (("x", "1"), "Think.", "Small.", False)
    assert own.input_validator_args.of("validate.py") == ("z",)
    assert own.comparison == Comparison(space_change_sensitive=True)
    inherited = case(package, "secret/g2/b")
    assert (inherited.args, inherited.comparison) == ((), Comparison(case_sensitive=True))
    assert case(package, "sample/1").full_feedback


def test_defaults_of_scores(tmp_path: Path) -> None:
    package = read_package(current(tmp_path / "p", head="type: scoring\n"))
    assert (current_of(package, "secret").max_score, current_of(package, "secret").score_aggregation) == (100, "sum")


@pytest.mark.parametrize(
    ("where", "text", "word"),
    [
        ("sample", "max_score: 1\n", "max_score: is not permitted here"),
        ("sample", "require_pass: secret\n", "require_pass: is not permitted here"),
        ("secret", "max_score: -1\n", "max_score: must be a number of at least 0"),
        ("secret", "max_score: endless\n", "max_score"),
        ("secret", "score_aggregation: avg\n", "'avg' is not known"),
        ("secret", "require_pass: secret/other\n", "'secret/other' is no group before this one"),
        ("secret", "full_feedback: perhaps\n", "full_feedback"),
        ("secret", "args: {a: b}\n", "args: must be a list of texts"),
        ("secret", "output_validator_args: [float_tolerance, '1', float_tolerance, '2']\n", "set already"),
    ],
)
def test_a_broken_test_group_yaml_is_refused(tmp_path: Path, where: str, text: str, word: str) -> None:
    root = current(tmp_path / "p", {f"data/{where}/test_group.yaml": text}, head="type: scoring\n")
    problem = problem_of(root)
    assert problem.file.startswith(f"data/{where}")
    assert word in problem.message


def test_a_group_under_a_bounded_secret_needs_a_bound(tmp_path: Path) -> None:
    files = case_files("secret/g/a") | {"data/secret/01.in": None, "data/secret/01.ans": None}
    problem = problem_of(current(tmp_path / "p", files, head="type: scoring\n"))
    assert problem.file == "data/secret/g/test_group.yaml"
    files["data/secret/test_group.yaml"] = "max_score: unbounded\n"
    files["data/secret/g/test_group.yaml"] = "score_aggregation: sum\n"
    assert (
        current_of(read_package(current(tmp_path / "q", files, head="type: scoring\n")), "secret/g").max_score is None
    )


def test_what_a_pass_fail_problem_should_not_say_is_named(tmp_path: Path) -> None:
    files: Files = {"data/secret/test_group.yaml": "max_score: 1\nstatic_validation_score: pass-fail\nscoring: {}\n"}
    package = read_package(current(tmp_path / "p", files | {"data/secret/01.yaml": "hints: x\n"}))
    noted(package, "data/secret/test_group.yaml", "max_score")
    noted(package, "data/secret/test_group.yaml", "static validation")
    noted(package, "data/secret/test_group.yaml", "scoring is not known")
    assert noted(package, "data/secret/01.yaml").mend == "did you mean 'hint'?"
    assert current_of(package, "secret").static_validation_score == "pass-fail"


def test_constants_stand_in_test_group_yaml(tmp_path: Path) -> None:
    files: Files = {"data/secret/test_group.yaml": "max_score: {{worth}}\nargs: ['{{worth}}', '{{none}}']\n"}
    package = read_package(current(tmp_path / "p", files, head="type: scoring\nconstants: {worth: 30}\n"))
    assert current_of(package, "secret").max_score == 30
    assert current_of(package, "secret").args == ("30", "{{none}}")


def test_constants_do_not_make_a_small_file_enormous(tmp_path: Path) -> None:
    files: Files = {"data/secret/test_group.yaml": "# " + "{{a}}" * 20_000 + "\n"}
    root = current(tmp_path / "p", files, head=f"constants: {{a: {'x' * 200}}}\n")
    assert "with its constants" in problem_of(root).message


def test_cases_and_groups_side_by_side(tmp_path: Path) -> None:
    package = read_package(current(tmp_path / "p", case_files("secret/g/a")))
    assert [one.name for one in package.secret.all_cases()] == ["secret/01", "secret/g/a"]
    noted(package, "data/secret", "cases and groups")
    files = case_files("secret/g/a") | {"data/secret/g/test_group.yaml": "max_score: 1\n"}
    assert "cases and groups" in problem_of(current(tmp_path / "q", files, head="type: scoring\n")).message


@pytest.mark.parametrize("names", [("secret/01/x",), ("secret/g/a", "secret/g/a/b")])
def test_a_folder_may_not_be_called_like_a_case(tmp_path: Path, names: tuple[str, ...]) -> None:
    problems = problems_of(current(tmp_path / "p", case_files(*names)))
    assert [problem.message for problem in problems] == ["a folder and a test case have the same name"]


def test_an_empty_group_is_named(tmp_path: Path) -> None:
    root = current(tmp_path / "p", {"data/secret/01.in": None, "data/secret/01.ans": None} | case_files("secret/g/a"))
    (root / "data/secret/empty").mkdir()
    noted(read_package(root), "data/secret/empty", "no test case")
