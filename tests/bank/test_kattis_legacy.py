"""Legacy packages: what `problem.yaml` and the files around it say."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bank.kattis_packages import below, legacy, noted, problem_of, problems_of

from greenroom.bank.kattis.cases import Comparison
from greenroom.bank.kattis.package import Limits
from greenroom.bank.kattis.reading import read_package
from greenroom.bank.kattis.statements import statement_text
from greenroom.bank.source import PackError


def test_the_smallest_package_reads_without_a_note(tmp_path: Path) -> None:
    package = read_package(legacy(tmp_path / "aplusb"))
    assert package.unsupported == ()
    assert (package.format, package.short_name, package.title) == ("legacy", "aplusb", "A plus B")
    assert (package.scoring, package.interactive, package.multi_pass, package.submit_answer) == (False,) * 4
    assert (package.passes, package.custom_validation, package.uuid) == (1, False, None)
    assert package.limits == Limits()
    assert package.comparison == Comparison()
    assert [case.name for case in package.data.all_cases()] == ["sample/1", "secret/01"]
    assert package.sample is not None
    assert below(package, *[case.answer for case in package.secret.cases]) == ["data/secret/01.ans"]


def test_everything_that_problem_yaml_says(tmp_path: Path) -> None:
    head = """\
problem_format_version: legacy
uuid: 3D1F0F2E-6A3E-4C0C-9C55-5F0C6C1F2A10
author: Ada Lovelace, Alan Turing
source: Some Contest 2019
source_url: https://contest.example
license: CC BY-SA
rights_owner: Some Contest
keywords: math easy
type: scoring
validator_flags: case_sensitive float_relative_tolerance 1e-4
grading:
  objective: min
  show_test_data_groups: yes
limits:
  time_multiplier: 3
  time_safety_margin: 1.5
  memory: 512
  output: "16"
  code: 64
  compilation_time: 30
  compilation_memory: 1024.0
  validation_time: 20
  validation_memory: 1024
  validation_output: 4
"""
    package = read_package(legacy(tmp_path / "p", head=head))
    assert package.unsupported == ()
    assert package.uuid == "3d1f0f2e-6a3e-4c0c-9c55-5f0c6c1f2a10"
    assert package.author == "Ada Lovelace, Alan Turing"
    assert package.source == "Some Contest 2019 (https://contest.example)"
    assert (package.license, package.rights_owner) == ("cc by-sa", "Some Contest")
    assert package.keywords == ("math", "easy")
    assert (package.scoring, package.minimize, package.show_groups) == (True, True, True)
    assert package.validator_flags == ("case_sensitive", "float_relative_tolerance", "1e-4")
    assert package.comparison == Comparison(case_sensitive=True, float_relative_tolerance=1e-4)
    stated = {"memory", "output", "code", "compilation_time", "compilation_memory"}
    stated |= {"validation_time", "validation_memory", "validation_output"}
    assert package.limits == Limits(None, 3.0, 1.5, 1.0, 512, 16, 64, 30, 1024, 20, 1024, 4, frozenset(stated))


@pytest.mark.parametrize(
    ("validation", "interactive", "scores", "multi_pass"),
    [
        ("custom", False, False, False),
        ("custom interactive", True, False, False),
        ("custom score", False, True, False),
        ("custom interactive score", True, True, False),
        ("custom multi-pass", False, False, True),
    ],
)
def test_ways_of_custom_validation(
    tmp_path: Path, validation: str, interactive: bool, scores: bool, multi_pass: bool
) -> None:
    files = {"output_validators/check/check.cpp": "int main() {}\n", "output_validators/check/check.h": ""}
    package = read_package(legacy(tmp_path / "p", files, head=f"validation: {validation}\n"))
    said = (package.interactive, package.validator_scores, package.multi_pass, package.custom_validation)
    assert said == (interactive, scores, multi_pass, True)
    (validator,) = package.output_validators
    assert (validator.name, validator.language) == ("check", "cpp")
    assert below(package, *validator.files) == ["output_validators/check/check.cpp", "output_validators/check/check.h"]
    assert all(case.comparison is None for case in package.data.all_cases())
    assert package.passes == (2 if multi_pass else 1)
    assert not any("multi-pass" in one.message for one in package.unsupported)


def test_domjudges_types_and_passes(tmp_path: Path) -> None:
    files = {"output_validators/check.py": ""}
    head = "type: pass-fail interactive multi-pass\nvalidation: custom\nlimits: {validation_passes: 4, time_limit: 7}\n"
    package = read_package(legacy(tmp_path / "p", files, head=head))
    assert (package.scoring, package.interactive, package.multi_pass, package.passes) == (False, True, True, 4)
    assert package.limits.time_limit == 7


@pytest.mark.parametrize(
    ("head", "files", "expected"),
    [
        ("", {".timelimit": "2\n"}, 2.0),
        ("", {".timelimit": "\ufeff 2.5 \r\n"}, 2.5),
        ("", {"domjudge-problem.ini": "name = x\ntimelimit='3'\n"}, 3.0),
        ("", {"domjudge-problem.ini": 'timelimit = "0.5" ; seconds\n'}, 0.5),
        ("", {"domjudge-problem.ini": "timelimit=4 # seconds\r\nshort-name=x\r\n"}, 4.0),
        ("", {"domjudge-problem.ini": "short-name = x\n"}, None),
        ("limits: {time_limit: 1.5}\n", {}, 1.5),
        ("limits: {time_limit: '1.5'}\n", {".timelimit": "1.5"}, 1.5),
        ("limits: {time: 6}\n", {}, 6.0),
        ("time_limit: 8\n", {}, 8.0),
    ],
)
def test_where_a_time_limit_may_stand(
    tmp_path: Path, head: str, files: dict[str, str | bytes | None], expected: float | None
) -> None:
    package = read_package(legacy(tmp_path / "p", files, head=head))
    assert package.limits.time_limit == expected
    assert ("time_limit" in package.limits.stated) is (expected is not None)
    assert package.unsupported == ()


def test_time_limits_that_differ_are_named_and_problem_yaml_counts(tmp_path: Path) -> None:
    files = {".timelimit": "2\n", "domjudge-problem.ini": "timelimit=3\nspecial_run=x\n"}
    package = read_package(legacy(tmp_path / "p", files, head="limits: {time_limit: 1}\n"))
    assert package.limits.time_limit == 1.0
    assert "2 s" in noted(package, ".timelimit").message
    assert "3 s" in noted(package, "domjudge-problem.ini", "time limit").message
    noted(package, "domjudge-problem.ini", "special_run")


@pytest.mark.parametrize("text", ["", "fast", "-1", "0", "nan", "1e400", "2 seconds"])
def test_a_time_limit_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    problem = problem_of(legacy(tmp_path / "p", {".timelimit": text}))
    assert problem.file == ".timelimit"
    assert "no number of seconds" in problem.message


@pytest.mark.parametrize(
    ("yaml", "statements", "titles"),
    [
        ("name: Yaml\n", {"problem.en.tex": "\\problemname{Tex}"}, {"en": "Yaml"}),
        ("name: {en: One, sv: Ett}\n", {"problem.tex": ""}, {"en": "One", "sv": "Ett"}),
        ("name: 42\n", {"problem.tex": ""}, {"en": "42"}),
        ("{}\n", {"problem.tex": "\\problemname{ Tex  title }"}, {"en": "Tex title"}),
        ("", {"problem.tex": "\\problemname{Tex}"}, {"en": "Tex"}),
        (
            "name: Yaml\n",
            {"problem.sv.tex": "\\problemname{Svensk}", "problem.en.tex": "\\problemname{English}"},
            {"en": "Yaml", "sv": "Svensk"},
        ),
        ("name: Yaml\n", {"problem.sv.tex": "\\problemname{Svensk}"}, {"sv": "Yaml"}),
        ("{}\n", {"problem.tex": "\\problemname{$x^2$}\n%% plainproblemname: x squared\r\n"}, {"en": "x squared"}),
        ("{}\n", {"problem.tex": "\\problemname{\\problemyamlname}"}, {}),
        ("{}\n", {"problem.tex": b"\\problemname{Caf\xe9}"}, {"en": "Caf\ufffd"}),
    ],
)
def test_titles(tmp_path: Path, yaml: str, statements: dict[str, str | bytes], titles: dict[str, str]) -> None:
    files: dict[str, str | bytes | None] = {"problem.yaml": yaml, "problem_statement/problem.en.tex": None}
    root = legacy(tmp_path / "short", files)
    for name, text in statements.items():
        (root / "problem_statement" / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    package = read_package(root)
    assert dict(package.titles) == titles
    assert package.title == titles.get("en", next(iter(titles.values()), "short"))


def test_statements_english_first_and_markdown_before_tex_before_pdf(tmp_path: Path) -> None:
    names = ["problem.tex", "problem.en.tex", "problem.de.md", "problem.pt-BR.tex", "problem.en.pdf", "problem.md"]
    files: dict[str, str | bytes | None] = {f"problem_statement/{name}": "text" for name in names}
    files |= {"problem_statement/image.png": b"\x89PNG", "problem_statement/problem.html": "<p>"}
    package = read_package(legacy(tmp_path / "p", files))
    assert [(one.path.name, one.language, one.kind) for one in package.statements] == [
        ("problem.md", "en", "md"),
        ("problem.en.tex", "en", "tex"),
        ("problem.tex", "en", "tex"),
        ("problem.en.pdf", "en", "pdf"),
        ("problem.de.md", "de", "md"),
        ("problem.pt-BR.tex", "pt-BR", "tex"),
    ]
    assert package.statement == package.statements[0]
    assert [path.name for path in package.statement_files] == ["image.png", "problem.html"]
    noted(package, "problem_statement/problem.html", "no statement")


def test_statement_text_is_clean_and_pdf_has_none(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "problem_statement/problem.en.tex": b"\xef\xbb\xbfone\r\ntwo\rthree {{n}} \xff",
        "problem_statement/problem.en.pdf": b"%PDF",
        "problem_statement/problem.de.md": b"x" * 1_000_001,
    }
    package = read_package(legacy(tmp_path / "p", files))
    tex, pdf, long = package.statements
    assert statement_text(package, tex) == "one\ntwo\nthree {{n}} \ufffd"
    with pytest.raises(PackError, match="a PDF has no text"):
        statement_text(package, pdf)
    with pytest.raises(PackError, match="too large"):
        statement_text(package, long)


def test_domjudges_pdf_beside_problem_yaml_is_a_statement(tmp_path: Path) -> None:
    files = {"problem_statement/problem.en.tex": None, "problem.pdf": b"%PDF"}
    package = read_package(legacy(tmp_path / "p", files))
    assert package.statement is not None
    assert (package.statement.kind, package.unsupported) == ("pdf", ())


def test_a_missing_statement_is_named(tmp_path: Path) -> None:
    package = read_package(legacy(tmp_path / "p", {"problem_statement/problem.en.tex": None}))
    assert package.statement is None
    noted(package, "problem_statement", "no statement")


def test_unknown_keys_are_named_with_line_and_resemblance(tmp_path: Path) -> None:
    head = "limits:\n  time_mutliplier: 3\nlibraries: all\ngrading: {objektive: max}\n"
    package = read_package(legacy(tmp_path / "p", head=head))
    typo = noted(package, "problem.yaml", "limits.time_mutliplier")
    assert (typo.line, typo.mend) == (3, "did you mean 'time_multiplier'?")
    assert noted(package, "problem.yaml", "libraries").line == 4
    noted(package, "problem.yaml", "grading.objektive")


def test_what_is_no_licence_uuid_or_validator_argument_is_named(tmp_path: Path) -> None:
    head = "license: MIT\nuuid: none\nvalidator_flags: ignore_order\n"
    package = read_package(legacy(tmp_path / "p", head=head))
    assert (package.license, package.uuid) == ("MIT", None)
    noted(package, "problem.yaml", "'MIT'")
    noted(package, "problem.yaml", "not a UUID")
    noted(package, "problem.yaml", "'ignore_order'")


@pytest.mark.parametrize(
    ("head", "word", "line"),
    [
        ("limits: {memory: lots}\n", "limits.memory: must be a number of at least 1", 2),
        ("limits: {memory: 0}\n", "limits.memory: must be a number of at least 1", 2),
        ("limits: {memory: 1.5}\n", "limits.memory: must be a whole number", 2),
        ("limits: {memory: .inf}\n", "limits.memory", 2),
        ("limits: {memory: true}\n", "limits.memory", 2),
        ("limits: {memory: 99999999999999999999999999}\n", "limits.memory", 2),
        ("limits: {time_limit: 0}\n", "limits.time_limit: must be a number greater than 0", 2),
        ("limits: [1]\n", "limits: must be a map", 2),
        ("\n\ntype: guessing\n", "'guessing' is no type", 4),
        ("type: pass-fail scoring\n", "either pass-fail or scoring", 2),
        ("validation: interactive\n", "begins with neither", 2),
        ("validation: default interactive\n", "begins with neither", 2),
        ("validation: {validator_flags: float_tolerance 1e-4}\n", "validation: must be a list of texts", 2),
        ("validator_flags: float_tolerance\n", "float_tolerance needs a number", None),
        ("validator_flags: float_tolerance -1\n", "float_tolerance needs a number", None),
        ("validator_flags: float_absolute_tolerance nan\n", "needs a number", None),
        ("grading: {objective: most}\n", "'most' is not known", 2),
        ("grading: {range: 5 1}\n", "grading.range: must be two numbers", 2),
        ("problem_format_version: 2042-01\n", "'2042-01' is not read", 2),
        ("uuid: [a]\n", "uuid: must be text", 2),
    ],
)
def test_values_of_the_wrong_sort_are_refused_with_their_line(
    tmp_path: Path, head: str, word: str, line: int | None
) -> None:
    problem = problem_of(legacy(tmp_path / "p", head=head))
    assert (problem.file, problem.line) == ("problem.yaml", line)
    assert word in problem.message
    assert problem.mend


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    root = legacy(tmp_path / "p", {"data/testdata.yaml": "range: [\n"}, head="type: guess\nlimits: {code: no}\n")
    assert {problem.file for problem in problems_of(root)} == {"problem.yaml", "data/testdata.yaml"}
    assert len(problems_of(root)) == 3


def test_a_validator_that_is_called_for_must_be_there(tmp_path: Path) -> None:
    problem = problem_of(legacy(tmp_path / "p", head="validation: custom\n"))
    assert problem.file == "output_validators"
    assert "validation: default" in problem.mend


def test_a_validator_that_nobody_calls_for_is_named(tmp_path: Path) -> None:
    package = read_package(legacy(tmp_path / "p", {"output_validators/check.py": ""}))
    assert package.output_validators == ()
    assert package.data.groups[1].cases[0].comparison == Comparison()
    noted(package, "output_validators", "not used")


def test_legacy_icpc_and_folders_of_the_other_format(tmp_path: Path) -> None:
    files = {
        "problem_statement/problem.en.tex": None,
        "statement/problem.en.tex": "text",
        "output_validator/check.py": "",
    }
    root = legacy(tmp_path / "p", files, head="problem_format_version: legacy-icpc\nvalidation: custom\n")
    package = read_package(root)
    assert package.format == "legacy"
    assert package.statement is not None
    assert [validator.name for validator in package.output_validators] == ["check.py"]
    noted(package, "statement", "in place of problem_statement/")
    noted(package, "output_validator", "in place of output_validators/")


def test_source_and_author_in_any_shape(tmp_path: Path) -> None:
    head = "author: [Ada, {name: Alan, email: a@b.c}]\nsource: [{name: One, url: 'https://x'}, Two]\n"
    package = read_package(legacy(tmp_path / "p", head=head))
    assert package.author == "Ada, Alan <a@b.c>"
    assert package.source == "One (https://x), Two"
