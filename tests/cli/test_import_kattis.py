"""`greenroom bank import-kattis`: what it writes, names, refuses and leaves alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.bank.kattis_packages import Files, current, legacy
from tests.terminal import greenroom

from greenroom.bank.loader import load_item, load_pack

STATED = {".timelimit": "2\n"}


def imported(folder: Path, out: Path, *more: str) -> dict[str, Any]:
    done = greenroom("bank", "import-kattis", str(folder), "--out", str(out), "--json", *more)
    assert done.returncode in (0, 1), done.stderr
    return {"code": done.returncode, **json.loads(done.stdout)}


def package(root: Path, files: Files | None = None, head: str = "") -> Path:
    return legacy(root, {**STATED, **(files or {})}, head=head)


def test_an_item_is_made_of_a_package(tmp_path: Path) -> None:
    package(tmp_path / "in" / "aplusb", head="source: A contest\nlicense: cc by-sa\nauthor: Somebody\n")

    said = imported(tmp_path / "in", tmp_path / "pack")

    assert said["code"] == 0
    assert [(row["slug"], row["time_limit_s"]) for row in said["items"]] == [("aplusb", 2.0)]
    (item,) = load_pack(tmp_path / "pack").items
    assert item.title == "A plus B"
    assert item.head.limits.cpu_s == 2
    assert item.head.limits.memory_mb == 2048
    assert "Add them up." in item.prompt
    assert "### Sample input 1\n\n```text\n1 2\n```" in item.prompt
    assert "problemname" not in item.prompt
    assert "Source: A contest" in item.debrief
    assert "sum(map(int" in item.debrief
    assert "secret" not in item.prompt


def test_a_package_is_kept_whole_and_nothing_of_it_is_for_the_candidate(tmp_path: Path) -> None:
    root = package(tmp_path / "in" / "aplusb")
    imported(root, tmp_path / "pack")

    item = load_item(tmp_path / "pack/items/dsa/aplusb")

    assert item.package_folder == tmp_path / "pack/items/dsa/aplusb/judge/package"
    kept = {path.relative_to(item.package_folder) for path in item.package_folder.rglob("*") if path.is_file()}
    assert kept == {path.relative_to(root) for path in root.rglob("*") if path.is_file()}
    assert set(item.starter) == {"solution.py"}


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    package(tmp_path / "in" / "aplusb")

    said = imported(tmp_path / "in", tmp_path / "pack", "--dry-run")

    assert said["dry_run"] is True
    assert said["items"][0]["slug"] == "aplusb"
    assert not (tmp_path / "pack").exists()


def test_importing_again_replaces_what_was_imported(tmp_path: Path) -> None:
    root = package(tmp_path / "in" / "aplusb")
    imported(root, tmp_path / "pack")
    (root / "data/secret/02.in").write_text("1 1\n")
    (root / "data/secret/02.ans").write_text("2\n")

    said = imported(root, tmp_path / "pack")

    assert said["code"] == 0
    assert (tmp_path / "pack/items/dsa/aplusb/judge/package/data/secret/02.in").is_file()
    assert [path.name for path in (tmp_path / "pack/items/dsa").iterdir()] == ["aplusb"]


def test_another_item_of_that_name_is_left_alone(tmp_path: Path) -> None:
    there = tmp_path / "pack/items/dsa/aplusb"
    there.mkdir(parents=True)
    (there / "item.yaml").write_text("uuid: another\n")

    said = imported(package(tmp_path / "in" / "aplusb"), tmp_path / "pack")

    assert said["code"] == 1
    assert said["items"] == []
    assert "holds another item" in said["problems"][0]["message"]
    assert (there / "item.yaml").read_text() == "uuid: another\n"


def test_two_packages_of_one_name_become_two_items(tmp_path: Path) -> None:
    package(tmp_path / "in/2023/aplusb")
    package(tmp_path / "in/2024/aplusb")

    said = imported(tmp_path / "in", tmp_path / "pack")

    assert [row["slug"] for row in said["items"]] == ["aplusb", "aplusb-2"]
    assert len(load_pack(tmp_path / "pack").items) == 2


def test_a_broken_package_does_not_stop_the_others(tmp_path: Path) -> None:
    package(tmp_path / "in/good")
    package(tmp_path / "in/bad", {"data/secret/01.in": None, "data/secret/01.ans": None})

    said = imported(tmp_path / "in", tmp_path / "pack")

    assert said["code"] == 1
    assert [row["slug"] for row in said["items"]] == ["good"]
    assert any("no secret test cases" in one["message"] for one in said["problems"])


@pytest.mark.parametrize(
    ("kind", "reason"), [("multi-pass", "multi-pass problems"), ("submit-answer", "submit-answer problems")]
)
def test_what_cannot_be_run_is_named_and_not_imported(kind: str, reason: str, tmp_path: Path) -> None:
    files: Files = {"output_validator/v.py": "raise SystemExit(42)\n"}
    current(tmp_path / "in/odd", files, head=f"type: {kind}\n")

    said = imported(tmp_path / "in", tmp_path / "pack")

    assert said["code"] == 1
    assert reason in said["problems"][0]["message"]


def test_what_is_not_used_is_named(tmp_path: Path) -> None:
    files: Files = {
        "problem_statement/problem.en.tex": None,
        "problem_statement/problem.en.pdf": b"%PDF-1.4",
        "input_validators/check.ctd": "INT(1,2)\n",
        "submissions/accepted/sum.rs": "fn main() {}\n",
    }
    package(tmp_path / "in/aplusb", files)

    (row,) = imported(tmp_path / "in", tmp_path / "pack")["items"]

    told = [one["message"] for one in row["unsupported"]]
    assert any("checktestdata" in one for one in told)
    assert any("a PDF, which is not shown" in one for one in told)
    (item,) = load_pack(tmp_path / "pack").items
    assert "is not part of this pack" in item.prompt
    done = greenroom("bank", "verify", str(tmp_path / "pack"), "--json")
    skipped = {one["path"]: one["reason"] for one in json.loads(done.stdout)["skipped"]}
    assert skipped["accepted/sum.rs"] == "rust is not a language that is run here"


def test_a_time_limit_that_is_not_stated_is_found_by_running(tmp_path: Path) -> None:
    slow = "import time\nuntil = time.process_time() + 0.5\nwhile time.process_time() < until: pass\n"
    files: Files = {"submissions/accepted/slow.py": slow + "print(sum(map(int, input().split())))\n"}
    legacy(tmp_path / "in/aplusb", files)

    (row,) = imported(tmp_path / "in", tmp_path / "pack")["items"]

    assert 3 <= row["time_limit_s"] <= 6  # five times a little more than half a second
    assert "accepted/slow.py" in row["time_limit_from"]
    (item,) = load_pack(tmp_path / "pack").items
    assert item.head.limits.cpu_s == row["time_limit_s"]
    assert item.head.limits.wall_s > item.head.limits.cpu_s


def test_a_time_limit_that_cannot_be_found_is_said_to_be_a_guess(tmp_path: Path) -> None:
    legacy(tmp_path / "in/aplusb", {"submissions/accepted/sum.py": None, "submissions/accepted/sum.rs": "fn main() {}"})

    (row,) = imported(tmp_path / "in", tmp_path / "pack")["items"]

    assert row["time_limit_from"] == "a guess"
    assert any("no accepted submission could be timed" in one["message"] for one in row["unsupported"])


@pytest.mark.parametrize("what", ["missing", "empty"])
def test_a_folder_without_packages_is_refused(what: str, tmp_path: Path) -> None:
    if what == "empty":
        (tmp_path / what).mkdir()

    done = greenroom("bank", "import-kattis", str(tmp_path / what), "--out", str(tmp_path / "pack"))

    assert done.returncode in (1, 2)
    assert "holds no problem package" in done.stdout + done.stderr or "is no folder" in done.stdout + done.stderr
    assert not (tmp_path / "pack").exists()
