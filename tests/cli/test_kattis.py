"""`greenroom bank kattis`: what a package holds, and what could not be used."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_bad_input import assert_one_line, greenroom


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


SUM = {
    "problem.yaml": (
        "problem_format_version: 2025-09\nname: Sum\ntype: pass-fail\nuuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\n"
    ),
    "statement/problem.en.md": "Add.",
    "data/sample/1.in": "1 2\n",
    "data/sample/1.ans": "3\n",
    "data/secret/1.in": "4 5\n",
    "data/secret/1.ans": "9\n",
    "submissions/accepted/sum.py": "print(sum(map(int, input().split())))\n",
    "submissions/wrong_answer/one.py": "print(1)\n",
    "input_validators/form.viva": "x",
}


def test_packages_are_described(tmp_path: Path) -> None:
    write(tmp_path / "archive" / "sum", SUM)
    found = json.loads(greenroom("bank", "kattis", str(tmp_path / "archive"), "--json").stdout)
    (package,) = found["packages"]
    assert (package["title"], package["format"], package["type"]) == ("Sum", "2025-09", ["pass-fail"])
    assert package["cases"] == 2
    verdicts = {one["name"]: one["verdicts"] for one in package["submissions"]}
    assert verdicts["accepted/sum.py"] == ["accepted"]
    assert "wrong-answer" in verdicts["wrong_answer/one.py"]
    text = greenroom("bank", "kattis", str(tmp_path / "archive" / "sum")).stdout.decode()
    assert "2 cases, judged by the default comparison" in text


def test_a_broken_package_is_named_and_the_others_are_shown(tmp_path: Path) -> None:
    write(tmp_path / "good", SUM)
    write(tmp_path / "bad", {"problem.yaml": "name: [\n"})
    result = greenroom("bank", "kattis", str(tmp_path), "--json")
    found = json.loads(result.stdout)
    assert result.returncode == 1
    assert [one["short_name"] for one in found["packages"]] == ["good"]
    assert any("problem.yaml" in problem["file"] for problem in found["problems"])


def test_a_folder_without_packages_is_an_error(tmp_path: Path) -> None:
    assert_one_line(greenroom("bank", "kattis", str(tmp_path / "nothing")), "nothing")
