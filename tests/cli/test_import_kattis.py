"""`greenroom bank import-kattis`: what it writes, names, refuses and leaves alone."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.bank.kattis_packages import Files, legacy
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
    ("kind", "reason"), [("multi-pass", "a multi-pass problem needs"), ("interactive", "an interactive problem needs")]
)
def test_what_cannot_be_run_is_named_and_not_imported(kind: str, reason: str, tmp_path: Path) -> None:
    files: Files = {f"output_validators/{name}.py": "raise SystemExit(42)\n" for name in ("v", "w")}
    package(tmp_path / "in/odd", files, head=f"validation: custom {kind}\n")

    said = imported(tmp_path / "in", tmp_path / "pack")

    assert said["code"] == 1
    assert reason in said["problems"][0]["message"]


def test_what_is_not_used_is_named(tmp_path: Path) -> None:
    files: Files = {
        "problem_statement/problem.en.tex": None,
        "problem_statement/problem.en.pdf": b"%PDF-1.4",
        "input_validators/check.viva": "x",
        "submissions/accepted/sum.rs": "fn main() {}\n",
    }
    package(tmp_path / "in/aplusb", files)

    (row,) = imported(tmp_path / "in", tmp_path / "pack")["items"]

    told = [one["message"] for one in row["unsupported"]]
    assert any("Viva" in one for one in told)
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


def zipped(folder: Path, path: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for one in sorted(folder.rglob("*")):
            if one.is_symlink():
                member = zipfile.ZipInfo(f"{prefix}{one.relative_to(folder)}")
                member.external_attr = 0o120777 << 16
                archive.writestr(member, str(one.readlink()))
            elif one.is_file():
                archive.write(one, f"{prefix}{one.relative_to(folder)}")
    return path


def test_zips_are_unpacked(tmp_path: Path) -> None:
    folder = package(tmp_path / "made")
    (folder / "submissions/wrong_answer").mkdir()
    (folder / "submissions/wrong_answer/link.py").symlink_to("../accepted/sum.py")
    (tmp_path / "in").mkdir()
    zipped(folder, tmp_path / "in/flat.zip")
    zipped(folder, tmp_path / "in/wrapped.kpp", prefix="inner/")
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(tmp_path / "in/flat.zip", "problems/nested.zip")

    both = imported(tmp_path / "in", tmp_path / "pack")
    one = imported(outer, tmp_path / "other")

    assert [row["slug"] for row in both["items"]] == ["flat", "inner"]
    assert [row["slug"] for row in one["items"]] == ["nested"]
    assert (tmp_path / "pack/items/dsa/flat/judge/package/submissions/wrong_answer/link.py").read_text()
    assert both["problems"] == one["problems"] == []


@pytest.mark.parametrize("name", ["../../evil/problem.yaml", "/tmp/evil/problem.yaml", "a/../../../b"])
def test_a_zip_that_leads_out_is_named_and_does_not_stop_the_others(name: str, tmp_path: Path) -> None:
    package(tmp_path / "in/good")
    with zipfile.ZipFile(tmp_path / "in/bad.zip", "w") as archive:
        archive.writestr(name, "name: x\n")
    (tmp_path / "in/torn.zip").write_bytes(b"PK\x03\x04 and no more")

    said = imported(tmp_path / "in", tmp_path / "pack")

    assert [row["slug"] for row in said["items"]] == ["good"]
    assert sorted(Path(one["file"]).name for one in said["problems"]) == ["bad.zip", "torn.zip"]
    assert any("leads out of it" in one["message"] for one in said["problems"])


def test_a_zip_without_end_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from greenroom.bank.kattis import archives
    from greenroom.bank.source import PackError

    monkeypatch.setattr(archives, "MAX_BYTES", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/secret/1.in", b"0" * 50_000_000)
    with pytest.raises(PackError, match="unpacked"):
        archives.unpack(tmp_path / "bomb.zip", tmp_path)


def test_packages_with_one_uuid_become_items_with_two(tmp_path: Path) -> None:
    uuid = "uuid: 0f2c0d7c-9a6a-4f50-b2a7-2cfb5a32f1bb\n"
    package(tmp_path / "in/one", head=uuid)
    package(tmp_path / "in/two", head=uuid)
    imported(tmp_path / "in", tmp_path / "pack")
    package(tmp_path / "more/three", head=uuid)

    imported(tmp_path / "more", tmp_path / "pack")
    imported(tmp_path / "in", tmp_path / "pack")

    items = load_pack(tmp_path / "pack").items
    assert sorted(item.slug for item in items) == ["one", "three", "two"]
    assert len({item.head.uuid for item in items}) == 3


def test_a_stated_limit_is_raised_for_python_alone(tmp_path: Path) -> None:
    slow = "import time\nbegan = time.process_time()\nwhile time.process_time() - began < 0.5: pass\nprint(7)\n"
    files: Files = {".timelimit": "0.2\n", "data/sample/1.ans": "7\n", "submissions/accepted/sum.py": slow}
    package(tmp_path / "in/aplusb", files)

    said = imported(tmp_path / "in", tmp_path / "pack")

    (row,) = said["items"]
    assert row["time_limit_s"] == 0.2
    assert 0.7 <= row["python_time_limit_s"] < 3
    assert any("Python has a time limit of" in one["message"] for one in row["unsupported"])
    (item,) = load_pack(tmp_path / "pack").items
    assert item.head.code is not None
    assert (item.head.limits.cpu_s, item.head.code.python_cpu_s) == (0.2, row["python_time_limit_s"])


def test_validators_that_nothing_here_runs_are_named(tmp_path: Path) -> None:
    package(tmp_path / "in/one", {"input_validators/check.hs": "main = return ()\n"})
    package(tmp_path / "in/two", {"output_validators/check.hs": "main = return ()\n"}, head="validation: custom\n")

    said = imported(tmp_path / "in", tmp_path / "pack")

    (row,) = said["items"]
    assert any("haskell" in one["message"] for one in row["unsupported"])
    (problem,) = said["problems"]
    assert "is not imported: output_validators/check.hs: it is in haskell" in problem["message"]
