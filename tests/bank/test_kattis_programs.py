"""Validators, graders and included files: which files make a program, and in which language."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bank.kattis_packages import Files, below, current, legacy, noted, problem_of

from greenroom.bank.kattis.reading import read_package

CUSTOM = "validation: custom\n"


def test_each_file_and_each_folder_is_a_validator(tmp_path: Path) -> None:
    files: Files = {
        "output_validators/one.py": "#!/usr/bin/env python2\n",
        "output_validators/two/check.cc": "",
        "output_validators/two/lib/check.hpp": "",
        "output_validators/three/build": "#!/bin/sh\n",
        "output_validators/three/check.rs": "",
        "output_validators/four/run": "#!/bin/sh\n",
        "output_validators/five": "#!/usr/bin/env python3\n",
        "output_validators/.git/config": "",
        "output_validators/README": "read me",
    }
    package = read_package(legacy(tmp_path / "p", files, head=CUSTOM))
    found = {one.name: (one.language, one.build is not None, one.run is not None) for one in package.output_validators}
    assert found == {
        "one.py": ("python2", False, False),
        "two": ("cpp", False, False),
        "three": (None, True, False),
        "four": (None, False, True),
        "five": ("python", False, False),
    }
    two = next(one for one in package.output_validators if one.name == "two")
    assert below(package, two.path, *two.files) == [
        "output_validators/two",
        "output_validators/two/check.cc",
        "output_validators/two/lib/check.hpp",
    ]
    noted(package, "output_validators/README", "no program")
    assert len(package.unsupported) == 1


def test_headers_beside_source_files_belong_to_each_of_them(tmp_path: Path) -> None:
    files: Files = {f"output_validators/{name}": "" for name in ("a.cc", "b.cpp", "testlib.h")}
    package = read_package(legacy(tmp_path / "p", files, head=CUSTOM))
    assert [below(package, *one.files) for one in package.output_validators] == [
        ["output_validators/a.cc", "output_validators/testlib.h"],
        ["output_validators/b.cpp", "output_validators/testlib.h"],
    ]
    assert package.unsupported == ()


def test_scripts_in_the_folder_itself_make_it_the_program(tmp_path: Path) -> None:
    files: Files = {f"output_validators/{name}": "" for name in ("build", "run", "check.ml")}
    (validator,) = read_package(legacy(tmp_path / "p", files, head=CUSTOM)).output_validators
    assert (validator.name, validator.language) == ("output_validators", None)
    assert validator.build is not None
    assert validator.run is not None


@pytest.mark.parametrize(
    "files",
    [
        {"output_validators/check.h": ""},
        {"output_validators/readme.txt": ""},
        {"output_validators/mixed/a.cc": "", "output_validators/mixed/b.java": ""},
    ],
)
def test_what_is_no_program_does_not_validate(tmp_path: Path, files: Files) -> None:
    assert problem_of(legacy(tmp_path / "p", files, head=CUSTOM)).file == "output_validators"


@pytest.mark.parametrize(
    ("names", "name", "count"),
    [
        (["check.py"], "check.py", 1),
        (["a.cpp", "b.cpp", "c.h"], "output_validator", 3),
        (["__init__.py", "__main__.py"], "output_validator", 2),
        (["inner/a.cpp", "inner/b.h"], "inner", 2),
        (["README.md", "inner/a.cpp"], "output_validator", 2),
    ],
)
def test_the_output_validator_of_2025_09(tmp_path: Path, names: list[str], name: str, count: int) -> None:
    package = read_package(current(tmp_path / "p", {f"output_validator/{one}": "" for one in names}))
    (validator,) = package.output_validators
    assert (validator.name, len(validator.files)) == (name, count)
    assert package.unsupported == ()


def test_input_validators_and_languages_that_nothing_runs(tmp_path: Path) -> None:
    files: Files = {
        "input_validators/check.ctd": "",
        "input_validators/check.viva": "",
        "input_format_validators/old.cpp": "",
    }
    package = read_package(legacy(tmp_path / "p", files))
    assert {one.name: one.language for one in package.input_validators} == {
        "check.ctd": "checktestdata",
        "check.viva": "viva",
        "validate.py": "python",
        "old.cpp": "cpp",
    }
    noted(package, "input_validators/check.viva", "Viva")


def test_two_input_validators_of_one_name_are_refused_and_one_under_two_names_is_not(tmp_path: Path) -> None:
    root = legacy(tmp_path / "p", {"input_format_validators/validate.py": ""})
    assert problem_of(root).file == "input_format_validators/validate.py"
    linked = legacy(tmp_path / "q")
    (linked / "input_format_validators").symlink_to("input_validators")
    assert [one.name for one in read_package(linked).input_validators] == ["validate.py"]


def test_included_files_by_language(tmp_path: Path) -> None:
    files: Files = {
        "include/default/data.txt": "",
        "include/python3/main.py": "",
        "include/python3/more/help.py": "",
        "include/cpp/grader.h": "",
        "include/klingon/x": "",
        "include/loose.py": "",
    }
    package = read_package(current(tmp_path / "p", files))
    assert {language: below(package, *paths) for language, paths in package.include.items()} == {
        "default": ["include/default/data.txt"],
        "python": ["include/python3/main.py", "include/python3/more/help.py"],
        "cpp": ["include/cpp/grader.h"],
    }
    noted(package, "include/klingon", "languages table")
    noted(package, "include/loose.py")


def test_graders(tmp_path: Path) -> None:
    files: Files = {"graders/a.py": "", "graders/b.py": "", "data/secret/testdata.yaml": "grading: custom\n"}
    assert "2 graders" in problem_of(legacy(tmp_path / "p", files)).message
    files["data/secret/testdata.yaml"] = "grading: default\n"
    assert [one.name for one in read_package(legacy(tmp_path / "q", files)).graders] == ["a.py", "b.py"]
