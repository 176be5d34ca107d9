"""Packages for every feature of the formats: imported, verified, and every submission gets what its package says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.judge.problems.samples import SAMPLES, write_samples
from tests.terminal import greenroom

from greenroom.bank.loader import load_pack
from greenroom.cli.bank import answerers
from greenroom.judge import languages

MISSING = [name for name in languages.TITLES if name != "python" and languages.find(name) is None]


def verified(pack: Path) -> dict[str, Any]:
    done = greenroom("bank", "verify", str(pack), "--json")
    assert done.returncode in (0, 1), done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All samples, imported as one pack and verified."""
    folder = tmp_path_factory.mktemp("archive")
    write_samples(folder / "in")
    done = greenroom("bank", "import-kattis", str(folder / "in"), "--out", str(folder / "pack"), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return verified(folder / "pack")


def test_the_whole_archive_agrees(archive: dict[str, Any]) -> None:
    assert archive["share"] == 1
    assert archive["problems"] == []
    assert {row["item"] for row in archive["submissions"]} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_submission_gets_what_its_package_says(name: str, archive: dict[str, Any]) -> None:
    rows = [row for row in archive["submissions"] if row["item"] == name]
    skipped = [row for row in archive["skipped"] if row["item"] == name and row["language"]]

    told = [row for row in rows if not row["path"].startswith("attack/")]
    assert [row for row in rows if not row["agrees"]] == []
    left_out = {row["path"] for row in skipped}
    files = {path for path in SAMPLES[name] if path.startswith("submissions/") and not path.endswith(".yaml")}
    declared = {"/".join(path.split("/")[1:3]) for path in files}
    assert {row["path"] for row in told} | left_out == declared
    assert all(row["language"] in MISSING for row in skipped)


def test_a_package_may_be_imported_alone_or_with_others(tmp_path: Path) -> None:
    write_samples(tmp_path / "in", "floats", "current-sum")
    greenroom("bank", "import-kattis", str(tmp_path / "in" / "floats"), "--out", str(tmp_path / "pack"))
    done = greenroom("bank", "import-kattis", str(tmp_path / "in" / "current-sum"), "--out", str(tmp_path / "pack"))

    assert done.returncode == 0
    assert [item.slug for item in load_pack(tmp_path / "pack").items] == ["current-sum", "floats"]


def test_what_is_declared_wrongly_is_reported(tmp_path: Path) -> None:
    package = write_samples(tmp_path / "in", "legacy-sum") / "legacy-sum"
    for path in sorted((package / "submissions").rglob("*.*")):
        if path.name not in ("sum.py", "difference.py"):
            path.unlink()
    shutil.move(package / "submissions/wrong_answer/difference.py", package / "submissions/accepted/difference.py")
    (package / "submissions/time_limit_exceeded/fast.py").write_text("print(0)\n")
    greenroom("bank", "import-kattis", str(tmp_path / "in"), "--out", str(tmp_path / "pack"))

    result = verified(tmp_path / "pack")

    wrong = {row["path"]: row["actual"]["verdict"] for row in result["submissions"] if not row["agrees"]}
    assert wrong == {"accepted/difference.py": "wrong-answer", "time_limit_exceeded/fast.py": "wrong-answer"}
    assert result["agree"] == result["total"] - 2


def test_rules_for_single_cases_are_held(tmp_path: Path) -> None:
    package = write_samples(tmp_path / "in", "current-sum") / "current-sum"
    rules = package / "submissions/submissions.yaml"
    rules.write_text(
        rules.read_text().replace("secret/*-big:\n    permitted: [WA]", "secret/*-big:\n    permitted: [AC]")
    )
    for path in sorted((package / "submissions").rglob("*.*")):
        if path.parent.name not in ("special", "submissions") and path.name != "sum.py":
            path.unlink()
    greenroom("bank", "import-kattis", str(tmp_path / "in"), "--out", str(tmp_path / "pack"))

    (row,) = [row for row in verified(tmp_path / "pack")["submissions"] if row["path"] == "special/big.py"]

    assert not row["agrees"]
    assert any("secret/03-big is wrong-answer, permitted accepted" in one for one in row["actual"]["breaks"])


def test_inputs_that_a_validator_refuses_are_problems(tmp_path: Path) -> None:
    package = write_samples(tmp_path / "in", "legacy-sum") / "legacy-sum"
    (package / "data/secret/04.in").write_text("1 2")  # without a newline
    (package / "data/secret/04.ans").write_text("3\n")
    shutil.rmtree(package / "submissions")
    (package / "submissions/accepted").mkdir(parents=True)
    (package / "submissions/accepted/sum.py").write_text("print(sum(map(int, input().split())))\n")
    greenroom("bank", "import-kattis", str(tmp_path / "in"), "--out", str(tmp_path / "pack"))

    result = verified(tmp_path / "pack")

    (problem,) = result["problems"]
    assert problem["file"].endswith("data/secret/04.in")
    assert "validate.py refuses it (exit code 1)" in problem["message"]
    assert result["share"] == 1


def test_inputs_are_held_against_checktestdata(tmp_path: Path) -> None:
    package = write_samples(tmp_path / "in", "checked") / "checked"
    (package / "data/secret/04.in").write_text("0 2\n")
    (package / "data/secret/04.ans").write_text("2\n")
    greenroom("bank", "import-kattis", str(tmp_path / "in"), "--out", str(tmp_path / "pack"))

    (problem,) = verified(tmp_path / "pack")["problems"]

    assert problem["file"].endswith("data/secret/04.in")
    assert "two.ctd refuses it (exit code 43): line 2, character 1: the ASSERT in line 4" in problem["message"]


def test_a_validator_that_says_neither_yes_nor_no_is_never_the_candidates_fault(tmp_path: Path) -> None:
    package = write_samples(tmp_path / "in", "validator-py") / "validator-py"
    (package / "output_validators/validate.py").write_text("raise SystemExit(0)\n")
    greenroom("bank", "import-kattis", str(tmp_path / "in"), "--out", str(tmp_path / "pack"))

    rows = [row for row in verified(tmp_path / "pack")["submissions"] if not row["path"].startswith("attack/")]

    assert rows
    assert {row["actual"]["verdict"] for row in rows} == {"judge-error"}
    assert not any(row["agrees"] for row in rows)
    assert "ended with exit code 0, and not with 42 or 43" in rows[0]["actual"]["message"]


def test_a_candidate_answers_an_imported_problem(tmp_path: Path) -> None:
    write_samples(tmp_path / "in", "subtasks-legacy")
    greenroom("bank", "import-kattis", str(tmp_path / "in"), "--out", str(tmp_path / "pack"))
    (tmp_path / "answer.py").write_text("n = int(input())\nprint(n if n < 100 else 0)\n")

    pack = ["--pack", str(tmp_path / "pack"), "--item", "subtasks-legacy"]
    done = greenroom("judge", "run", *pack, str(tmp_path / "answer.py"), "--json")

    result = json.loads(done.stdout)
    assert done.returncode == 1
    assert result["verdict"] == "partial"
    assert result["scores"] == {"sample": 0, "secret": 30, "secret/small": 30, "secret/large": 0, "all": 30}
    assert [(one["point"], one["earned"], one["evidence"]["score"]) for one in result["findings"]] == [
        ("group-1", 0.0, "0 of 70"),
        ("group-2", 1.0, "30 of 30"),
    ]
    assert {case["name"] for case in result["cases"]} >= {"sample/1", "secret/small/1", "secret/large/1"}
    hidden = [case for case in result["cases"] if not case["visible"]]
    assert not any(case["stdin"] or case["expected"] for case in hidden)
    assert "judge_messages" not in result


def test_answerers_run_packages() -> None:
    from greenroom.bank.models import Kind

    _, packages = answerers({Kind.code})

    assert packages is not None
