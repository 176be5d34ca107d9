"""Wrong use of the terminal: exit 2 and one line that names the mend."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def greenroom(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "200"} | environment
    command = [sys.executable, "-m", "greenroom.cli.main", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, env=env, timeout=60, check=False)


def assert_one_line(result: subprocess.CompletedProcess[bytes], *parts: str) -> None:
    error = result.stderr.decode()
    assert result.returncode == 2, error
    assert result.stdout == b""
    assert "Traceback" not in error
    assert len(error.strip().splitlines()) == 1, error
    for part in parts:
        assert part in error


def test_help_shows_the_commands_and_examples() -> None:
    assert greenroom("--help").returncode == 0
    text = greenroom("judge", "run", "--help").stdout.decode()
    assert "Example: greenroom judge run --item" in text


def test_version() -> None:
    assert greenroom("--version").stdout.startswith(b"greenroom 0.")


def test_an_unknown_item_names_the_nearest(pack: Path, tmp_path: Path) -> None:
    answer = tmp_path / "a.md"
    answer.write_text("words", encoding="utf-8")
    result = greenroom("grade", "--item", "why-statless", "--pack", str(pack), str(answer))
    assert_one_line(result, "why-statless", "did you mean why-stateless?")


def test_a_missing_answer_file(pack: Path) -> None:
    result = greenroom("grade", "--item", "why-stateless", "--pack", str(pack), "/does/not/exist")
    assert_one_line(result, "/does/not/exist", "name a readable file")


def test_an_answer_of_ten_megabytes(pack: Path, tmp_path: Path) -> None:
    answer = tmp_path / "a.py"
    answer.write_bytes(b"x" * 10_000_000)
    result = greenroom("judge", "run", "--item", "add-up", "--pack", str(pack), str(answer))
    assert_one_line(result, "more than 200,000 bytes", "shorten")


def test_an_answer_that_is_not_utf8(pack: Path) -> None:
    result = greenroom("judge", "run", "--item", "add-up", "--pack", str(pack), "-", stdin=b"ok \xff\xfe")
    assert_one_line(result, "byte 3 is not UTF-8", "save the file as UTF-8")


def test_code_for_a_concept_item_names_the_right_command(pack: Path) -> None:
    result = greenroom("judge", "run", "--item", "why-stateless", "--pack", str(pack), "-", stdin=b"x")
    assert_one_line(result, "greenroom grade --item why-stateless")


def test_a_broken_pack_is_listed_whole_and_exits_1(pack: Path) -> None:
    (pack / "items/jwt/why-stateless/item.yaml").write_text("kind: essay\n", encoding="utf-8")
    result = greenroom("bank", "verify", str(pack), "--json")
    assert result.returncode == 1
    problems = json.loads(result.stdout)["problems"]
    assert {problem["file"] for problem in problems} == {"items/jwt/why-stateless/item.yaml"}
    assert all(problem["mend"] for problem in problems)
    assert any(problem["line"] == 1 for problem in problems)


def test_listing_a_broken_pack_is_one_line(pack: Path) -> None:
    (pack / "concepts.yaml").write_text("a: [", encoding="utf-8")
    assert_one_line(greenroom("bank", "list", str(pack)), "concepts.yaml:", "not YAML")


def test_a_folder_that_is_no_pack(tmp_path: Path) -> None:
    assert_one_line(greenroom("bank", "stats", str(tmp_path)), "no pack.yaml")


@pytest.mark.parametrize("slug", ["Not-A-Slug", "../../etc", "a--b", "a/b", ""])
def test_a_new_item_needs_a_slug(pack: Path, slug: str) -> None:
    result = greenroom("bank", "new", "code", slug, "--pack", str(pack))
    assert_one_line(result, "is not a slug")


def test_a_verified_item_needs_to_exist(pack: Path) -> None:
    assert_one_line(greenroom("bank", "verify", str(pack), "--item", "nothing"), "no item 'nothing'", "bank list")


def test_an_unknown_topic() -> None:
    assert_one_line(greenroom("interview", "--topics", "jwt,cobol"), "unknown topic 'cobol'", "fastapi")


def test_a_folder_of_answers_that_is_none(tmp_path: Path) -> None:
    assert_one_line(greenroom("interview", "--answers", str(tmp_path / "none"), "--json"), "is not a folder")
    assert_one_line(greenroom("interview", "--answers", str(tmp_path), "--json"), "holds no answers")


def test_an_answer_to_an_unknown_item(tmp_path: Path) -> None:
    (tmp_path / "no-such-item.md").write_text("x", encoding="utf-8")
    assert_one_line(greenroom("interview", "--answers", str(tmp_path), "--json"), "no-such-item")


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    result = greenroom("run", "--no-browser", GREENROOM_PORT="many", GREENROOM_DATA_DIR=str(tmp_path))
    assert_one_line(result, "GREENROOM_PORT", "docs/operating.md")


def test_a_data_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    result = greenroom("run", "--no-browser", GREENROOM_DATA_DIR=str(tmp_path / "file" / "data"))
    assert_one_line(result, "cannot be written", "GREENROOM_DATA_DIR")


def test_bank_list_and_stats_json(pack: Path) -> None:
    rows = json.loads(greenroom("bank", "list", str(pack), "--json").stdout)
    assert {"slug", "topic", "kind", "tags", "covers", "minutes", "version"} <= set(rows[0])
    stats = json.loads(greenroom("bank", "stats", str(pack), "--json").stdout)
    assert stats["total"]["kinds"] == {"concept": 1, "code": 1}


def test_coverage_exits_1_while_something_is_missing(pack: Path) -> None:
    result = greenroom("bank", "coverage", str(pack), "--json")
    assert result.returncode == 1
    assert json.loads(result.stdout)["covered"] == 3
