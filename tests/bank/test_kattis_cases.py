"""Test cases: their files, and how their outputs are compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bank.kattis_packages import (
    Files,
    Write,
    below,
    case,
    current,
    legacy,
    noted,
    problem_of,
)

from greenroom.bank.kattis.cases import Comparison
from greenroom.bank.kattis.comparison import comparison_of
from greenroom.bank.kattis.reading import read_package

# --- the files of a case


def test_every_file_of_a_case(tmp_path: Path) -> None:
    suffixes = [".in", ".ans", ".out", ".in.statement", ".in.download", ".ans.download", ".png"]
    files: Files = {f"data/sample/7{suffix}": "" for suffix in suffixes}
    files |= {"data/sample/7.files/a.txt": "", "data/sample/7.files/sub/b.txt": "", "data/sample/7.yaml": ""}
    package = read_package(current(tmp_path / "p", files))
    assert package.unsupported == ()
    one = case(package, "sample/7")
    shown = below(package, one.shown_input, one.shown_answer, one.offered_input, one.offered_answer)
    assert shown == [f"data/sample/7{suffix}" for suffix in (".in.statement", ".out", ".in.download", ".ans.download")]
    assert below(package, one.answer, one.output, one.illustration, one.statement_answer) == [
        "data/sample/7.ans",
        "data/sample/7.out",
        "data/sample/7.png",
        None,
    ]
    assert below(package, one.files_folder, *one.files) == [
        "data/sample/7.files",
        "data/sample/7.files/a.txt",
        "data/sample/7.files/sub/b.txt",
    ]
    plain = case(package, "sample/1")
    assert below(package, plain.shown_input, plain.shown_answer, plain.offered_answer) == [
        "data/sample/1.in",
        "data/sample/1.ans",
        "data/sample/1.ans",
    ]


def test_hint_description_and_illustration_of_legacy(tmp_path: Path) -> None:
    files: Files = {
        "data/secret/01.hint": b"\xef\xbb\xbfThink\xff\r\n",
        "data/secret/01.desc": "Small\r\n",
        "data/secret/01.svg": "",
        "data/secret/01.jpg": "",
    }
    package = read_package(legacy(tmp_path / "p", files))
    one = case(package, "secret/01")
    assert (one.hint, one.description) == ("Think\ufffd", "Small")
    assert below(package, one.illustration) == ["data/secret/01.jpg"]
    noted(package, "data/secret/01.in", "more than one illustration")


@pytest.mark.parametrize("build", [legacy, current])
def test_interactions_of_samples(tmp_path: Path, build: Write) -> None:
    files: Files = {"data/sample/1.interaction": "<1\n>2\n", "data/sample/2.interaction": ">1\n"}
    files |= {"output_validators/v.py": "", "data/sample/1.ans": None, "data/secret/02.in": ""}
    head = "validation: custom interactive\n"
    if build is current:
        files["output_validator/v.py"] = files.pop("output_validators/v.py")
        head = "type: interactive\n"
    package = read_package(build(tmp_path / "p", files, head=head))
    assert package.unsupported == ()
    assert package.sample is not None
    assert below(package, package.sample.cases[0].interaction) == ["data/sample/1.interaction"]
    assert below(package, *package.sample.interactions) == ["data/sample/2.interaction"]
    assert case(package, "secret/02").answer is None


def test_files_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    files: Files = {f"data/sample/1{suffix}": "" for suffix in (".out", ".ans.statement")}
    files |= {f"data/secret/01{suffix}": "" for suffix in (".interaction", ".in.statement")}
    package = read_package(current(tmp_path / "p", files))
    noted(package, "data/sample/1.out", ".ans.statement as well")
    noted(package, "data/secret/01.in.statement", ".interaction as well")


def test_what_is_missing_and_what_belongs_to_nothing_is_named(tmp_path: Path) -> None:
    files: Files = {"data/secret/02.in": "", "data/secret/03.ans": "", "data/secret/notes.txt": "", "data/x.in": ""}
    files |= {
        "data/secret/04.out": "",
        "data/secret/05.desc": "",
        "data/secret/.DS_Store": b"\x00",
        "data/tmp/a.in": "",
    }
    package = read_package(legacy(tmp_path / "p", files))
    assert case(package, "secret/02").answer is None
    noted(package, "data/secret/02.in", "no .ans")
    assert "4 files or folders" in noted(package, "data/secret").message
    assert "03.ans, 04.out, 05.desc, …" in noted(package, "data/secret").message
    noted(package, "data/x.in", "neither sample nor secret")
    noted(package, "data/tmp", "neither sample nor secret")
    assert len(package.unsupported) == 4


def test_data_for_testing_validators_is_named(tmp_path: Path) -> None:
    package = read_package(current(tmp_path / "p", {"data/invalid_input/1.in": "", "data/valid_output/1.in": ""}))
    noted(package, "data/invalid_input", "validators must reject")
    noted(package, "data/valid_output", "validator must accept")


@pytest.mark.parametrize("write", [legacy, current])
def test_a_package_without_secret_cases_is_refused(tmp_path: Path, write: Write) -> None:
    empty: Files = {"data/secret/01.in": None, "data/secret/01.ans": None}
    assert problem_of(write(tmp_path / "p", empty)).file == "data/secret"
    generated = write(tmp_path / "q", empty | {"generators/generators.yaml": "data: {}\n"})
    assert "generators" in problem_of(generated).mend


def test_a_missing_or_empty_sample_is_no_fault(tmp_path: Path) -> None:
    root = legacy(tmp_path / "p", {"data/sample/1.in": None, "data/sample/1.ans": None, "data/sample/.gitkeep": ""})
    package = read_package(root)
    assert package.sample is not None
    assert (package.sample.items, package.unsupported) == ((), ())
    (root / "data/sample/.gitkeep").unlink()
    (root / "data/sample").rmdir()
    assert read_package(root).sample is None


# --- arguments of the default output validator


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", Comparison()),
        ("case_sensitive space_change_sensitive", Comparison(True, True)),
        ("float_tolerance 1e-6", Comparison(False, False, 1e-6, 1e-6)),
        ("float_relative_tolerance .5", Comparison(False, False, 0.5, None)),
        ("float_absolute_tolerance 0", Comparison(False, False, None, 0.0)),
        ("float_tolerance 1 float_relative_tolerance 2", Comparison(False, False, 2.0, 1.0)),
    ],
)
def test_comparisons(arguments: str, expected: Comparison) -> None:
    assert comparison_of(arguments.split(), once=False) == (expected, [])


@pytest.mark.parametrize(
    "again", ["float_tolerance 1 float_relative_tolerance 2", "float_tolerance 1 float_tolerance 1"]
)
def test_tolerances_are_set_once_in_2025_09(again: str) -> None:
    with pytest.raises(ValueError, match="set already"):
        comparison_of(again.split(), once=True)
    apart = "float_relative_tolerance 1 float_absolute_tolerance 2"
    assert comparison_of(apart.split(), once=True)[0] == Comparison(False, False, 1.0, 2.0)
