"""Packages of 2025-09: what `problem.yaml` says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bank.kattis_packages import UUID, Files, below, current, noted, problem_of

from greenroom.bank.kattis.cases import Comparison, LegacyGroupSettings
from greenroom.bank.kattis.constants import substitute
from greenroom.bank.kattis.package import Limits
from greenroom.bank.kattis.reading import read_package
from greenroom.bank.kattis.statements import statement_text


def test_the_smallest_package_reads_without_a_note(tmp_path: Path) -> None:
    package = read_package(current(tmp_path / "aplusb"))
    assert package.unsupported == ()
    assert (package.format, package.short_name, package.title) == ("2025-09", "aplusb", "A plus B")
    assert (package.uuid, package.license, package.languages) == (UUID, "unknown", None)
    assert package.limits == Limits(time_multiplier=2.0, time_safety_margin=1.5)
    assert (package.allow_file_writing, package.custom_validation, package.passes) == (False, False, 1)
    assert [case.name for case in package.data.all_cases()] == ["sample/1", "secret/01"]


def test_everything_that_problem_yaml_says(tmp_path: Path) -> None:
    head = """\
version: 1.0
type: [scoring, interactive, multi-pass]
credits:
  authors: [Ada Lovelace <ada@x.example>, {name: Alan Turing, orcid: 0000-0001}]
  testers: Somebody
  translators: {sv: Nils}
source:
  - name: NWERC 2024
    url: https://nwerc.example
  - SWERC 2024
license: cc by
rights_owner: NWERC
embargo_until: 2030-01-01
keywords: [two words, graphs]
languages: [python3, cpp, klingon]
allow_file_writing: true
constants: {max_n: 1000, name: Ada, eps: 0.5}
limits:
  time_multipliers: {ac_to_time_limit: 3, time_limit_to_tle: 2.5}
  time_limit: 2.5
  time_resolution: 0.1
  memory: 256
  output: 1
  code: 2
  compilation_time: 3
  compilation_memory: 4
  validation_time: 5
  validation_memory: 6
  validation_output: 7
  validation_passes: 9
"""
    files = {"output_validator/check.cpp": "", "output_validator/check.h": "", "data/secret/test_group.yaml": ""}
    package = read_package(current(tmp_path / "p", files, head=head))
    assert package.version == "1.0"
    assert (package.scoring, package.interactive, package.multi_pass, package.passes) == (True, True, True, 9)
    assert package.author == "Ada Lovelace <ada@x.example>, Alan Turing"
    assert package.source == "NWERC 2024 (https://nwerc.example), SWERC 2024"
    assert (package.license, package.rights_owner, package.embargo_until) == ("cc by", "NWERC", "2030-01-01")
    assert package.keywords == ("two words", "graphs")
    assert package.languages == ("python", "cpp")
    assert package.allow_file_writing
    assert package.constants == {"max_n": "1000", "name": "Ada", "eps": "0.5"}
    names = "memory output code compilation_time compilation_memory validation_time validation_memory validation_output"
    stated = frozenset({*names.split(), "time_limit"})
    assert package.limits == Limits(2.5, 3.0, 2.5, 0.1, 256, 1, 2, 3, 4, 5, 6, 7, stated)
    (validator,) = package.output_validators
    assert (validator.name, validator.language, len(validator.files)) == ("output_validator", "cpp", 2)
    assert [one.message.split(":")[0] for one in package.unsupported] == ["languages"]


@pytest.mark.parametrize("credits_", ["Ada <a@x>", "{authors: Ada <a@x>}", "{authors: [{name: Ada, email: a@x}]}"])
def test_shapes_of_credits(tmp_path: Path, credits_: str) -> None:
    assert read_package(current(tmp_path / "p", head=f"credits: {credits_}\n")).author == "Ada <a@x>"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("NWERC", "NWERC"),
        ("{name: NWERC, url: u}", "NWERC (u)"),
        ("{name: NWERC}", "NWERC"),
        ("[{name: A}, B]", "A, B"),
        ("[]", ""),
    ],
)
def test_shapes_of_source(tmp_path: Path, source: str, expected: str) -> None:
    assert read_package(current(tmp_path / "p", head=f"source: {source}\n")).source == expected


def test_titles_by_language(tmp_path: Path) -> None:
    files = {"problem.yaml": "problem_format_version: 2025-09\nname: {sv: Hej, en-GB: Hello, de: Hallo}\n"}
    package = read_package(current(tmp_path / "p", files))
    assert dict(package.titles) == {"sv": "Hej", "en-GB": "Hello", "de": "Hallo"}
    assert package.title == "Hello"
    assert package.uuid is None


def test_a_missing_name_is_named_and_the_short_name_stands_in(tmp_path: Path) -> None:
    package = read_package(current(tmp_path / "p", {"problem.yaml": "problem_format_version: 2025-09\n"}))
    assert package.title == "p"
    noted(package, "problem.yaml", "no name")


@pytest.mark.parametrize(
    ("types", "flags"),
    [
        ("pass-fail", (False, False, False, False)),
        ("[scoring]", (True, False, False, False)),
        ("interactive", (False, True, False, False)),
        ("[pass-fail, multi-pass, interactive]", (False, True, True, False)),
        ("[scoring, submit-answer]", (True, False, False, True)),
    ],
)
def test_types(tmp_path: Path, types: str, flags: tuple[bool, ...]) -> None:
    package = read_package(current(tmp_path / "p", {"output_validator/check.py": ""}, head=f"type: {types}\n"))
    assert (package.scoring, package.interactive, package.multi_pass, package.submit_answer) == flags
    assert package.passes == (2 if package.multi_pass else 1)
    assert any("submit-answer" in one.message for one in package.unsupported) is package.submit_answer
    assert not any("multi-pass" in one.message for one in package.unsupported)


@pytest.mark.parametrize(
    ("head", "word"),
    [
        ("type: [pass-fail, scoring]\n", "exclude each other"),
        ("type: [interactive, submit-answer]\n", "exclude each other"),
        ("type: [multi-pass, submit-answer]\n", "exclude each other"),
        ("type: guess\n", "'guess' is no type"),
        ("limits: {time_multipliers: {ac_to_time_limit: 0.5}}\n", "limits.time_multipliers.ac_to_time_limit"),
        ("limits: {time_limit: -1}\n", "greater than 0"),
        ("limits: {memory: 2 GB}\n", "limits.memory"),
        ("allow_file_writing: maybe\n", "must be true or false"),
        ("constants: {a-b: 1}\n", "constants.a-b"),
        ("constants: {a: [1]}\n", "constants.a"),
        ("constants: {a: " + "x" * 201 + "}\n", "constants.a"),
    ],
)
def test_values_of_the_wrong_sort_are_refused_with_their_line(tmp_path: Path, head: str, word: str) -> None:
    problem = problem_of(current(tmp_path / "p", {"output_validator/check.py": ""}, head=head))
    assert (problem.file, problem.line) == ("problem.yaml", 4)
    assert word in problem.message
    assert problem.mend


def test_passes_of_a_single_pass_problem_are_named(tmp_path: Path) -> None:
    package = read_package(current(tmp_path / "p", head="limits: {validation_passes: 3}\n"))
    assert package.passes == 1
    assert noted(package, "problem.yaml", "validation_passes").line == 4


@pytest.mark.parametrize("types", ["interactive", "multi-pass"])
def test_a_validator_that_is_called_for_must_be_there(tmp_path: Path, types: str) -> None:
    assert problem_of(current(tmp_path / "p", head=f"type: {types}\n")).file == "output_validator"


def test_a_validator_that_is_there_is_used(tmp_path: Path) -> None:
    package = read_package(current(tmp_path / "p", {"output_validator/inner/check.py": ""}))
    assert package.custom_validation
    assert [(one.name, one.language) for one in package.output_validators] == [("inner", "python")]
    assert package.secret.cases[0].comparison is None


def test_two_output_validators_are_one_too_many(tmp_path: Path) -> None:
    files = {"output_validator/a/check.py": "", "output_validator/b/check.py": ""}
    problem = problem_of(current(tmp_path / "p", files))
    assert problem.file == "output_validator"
    assert "a, b: one too many" in problem.message


def test_legacy_keys_are_unknown_here(tmp_path: Path) -> None:
    package = read_package(current(tmp_path / "p", head="author: Ada\nvalidation: default\n"))
    assert noted(package, "problem.yaml", "author").line == 4
    assert noted(package, "problem.yaml", "validation").line == 5
    assert package.comparison == Comparison()


@pytest.mark.parametrize("version", ["2023-07-draft", "2025-09-draft", "draft"])
def test_drafts_are_read_as_what_they_became(tmp_path: Path, version: str) -> None:
    files = {"problem.yaml": f"problem_format_version: {version}\nname: X\n"}
    package = read_package(current(tmp_path / "p", files))
    assert package.format == "2025-09"
    assert version in noted(package, "problem.yaml", "is read as").message


def test_constants_stand_in_markdown_and_not_in_tex(tmp_path: Path) -> None:
    files = {"statement/problem.en.md": "n <= {{max_n}}, {{other}}", "statement/problem.sv.tex": "{{max_n}}"}
    package = read_package(current(tmp_path / "p", files, head="constants: {max_n: 10}\n"))
    assert [statement_text(package, one) for one in package.statements] == ["n <= 10, {{other}}", "{{max_n}}"]


def test_substitution_is_not_repeated() -> None:
    assert substitute("{{a}}{{b}}{{ a }}", {"a": "{{b}}", "b": "2"}) == "{{b}}2{{ a }}"


def test_names_of_other_characters_are_taken_for_absent(tmp_path: Path) -> None:
    files = {"data/secret/02 copy.in": "", "data/secret/02 copy.ans": "", "submissions/accepted/a.c++": ""}
    package = read_package(current(tmp_path / "p", files))
    assert [case.name for case in package.secret.cases] == ["secret/01"]
    noted(package, "data/secret/02 copy.in", "taken for absent")
    assert [one.language for one in package.submissions] == ["cpp", "python"]


def test_folders_that_nothing_reads_are_named(tmp_path: Path) -> None:
    folders = ["solution", "input_visualizer", "output_visualizer", "generators", "misc"]
    files = {f"{folder}/file.py": "" for folder in folders}
    package = read_package(current(tmp_path / "p", files | {"attachments/tool.py": "", "attachments/a/b.txt": ""}))
    assert {one.file for one in package.unsupported} == set(folders)
    assert below(package, *package.attachments) == ["attachments/a/b.txt", "attachments/tool.py"]
    assert below(package, *package.generators) == ["generators/file.py"]


def test_a_static_validator_is_kept_and_named(tmp_path: Path) -> None:
    package = read_package(current(tmp_path / "p", {"static_validator/v.py": ""}))
    assert package.static_validator is not None
    assert package.static_validator.language == "python"
    noted(package, "static_validator/v.py", "static validation")


def test_a_draft_with_the_legacy_formats_data_is_judged_by_them(tmp_path: Path) -> None:
    files: Files = {
        "data/secret/testdata.yaml": "on_reject: continue\nrange: 0 30\ngrader_flags: accept_if_any_accepted\n",
        "data/secret/g1/testdata.yaml": "accept_score: 30\nrange: 0 30\ngrader_flags: min\n",
        "data/secret/g1/1.in": "1 1\n",
        "data/secret/g1/1.ans": "2\n",
        "problem.yaml": f"problem_format_version: 2023-07-draft\nname: A plus B\nuuid: {UUID}\ntype: scoring\n",
    }
    package = read_package(current(tmp_path / "p", files))
    assert package.format == "legacy"
    group = next(one for one in package.secret.groups if one.name == "secret/g1")
    assert isinstance(group.settings, LegacyGroupSettings)
    assert group.settings.accept_score == 30
    noted(package, "problem.yaml", "testdata.yaml are the legacy format's")


def test_a_drafts_testdata_yaml_is_read_as_test_group_yaml(tmp_path: Path) -> None:
    files: Files = {
        "data/secret/testdata.yaml": "output_validator_flags: float_tolerance 1e-3\ninput_validator_flags: --n 'a b'\n",
        "problem.yaml": f"problem_format_version: 2023-07-draft\nname: A plus B\nuuid: {UUID}\n",
    }
    package = read_package(current(tmp_path / "p", files))
    (case,) = package.secret.cases
    assert case.comparison is not None
    assert case.comparison.float_absolute_tolerance == 1e-3
    assert case.input_validator_args.common == ("--n", "a b")
