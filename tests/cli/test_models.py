"""`greenroom grader` over the life of a model, as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_bad_input import greenroom
from tests.grading.models import linear_model

from greenroom.grading.registry.linear import to_bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.json").write_bytes(to_bytes(linear_model("new")))
    return tmp_path


def run(folder: Path, *arguments: str, code: int = 0) -> Any:
    done = greenroom("grader", *arguments, "--json", GREENROOM_DATA_DIR=str(folder / "data"))
    assert done.returncode == code, done.stderr.decode()
    return json.loads(done.stdout) if code != 2 else done.stderr.decode()


def test_from_a_file_to_a_challenger_that_has_shown_too_little(folder: Path) -> None:
    made = run(folder, "register", str(folder / "model.json"), "--version", "new", "--challenger", "--seed", "3")
    assert (made["version"], made["seed"], len(made["sha256"])) == ("new", 3, 64)
    listed = run(folder, "models")
    assert listed["aliases"] == {"champion": listed["shipped"], "challenger": "new", "previous": None}
    rows = [{"item": "the-slow-lookup", "point": "x", "answer": "a", "state": "present"}]
    (folder / "held-out.jsonl").write_text("\n".join(map(json.dumps, rows)))
    said = run(folder, "trial", "new", "--held-out", str(folder / "held-out.jsonl"), code=2)
    assert "line 1" in said
    verdict = run(folder, "promote", "new", "--dry-run", code=1)
    assert (verdict["promote"], verdict["promoted"]) == (False, False)
    assert {one["name"] for one in verdict["checks"] if not one["met"]} >= {"held-out rows", "invariance", "shadow"}
    assert run(folder, "promote", "new", "--yes", code=1)["promoted"] is False
    assert "nothing before it" in run(folder, "rollback", code=2)
    watched = run(folder, "monitor")
    assert (watched["version"], watched["has_reference"], watched["retraining"]) == (listed["shipped"], False, [])
    assert run(folder, "audits") == {"audits": []}
    assert "is no state" in run(folder, "label", "s", "p", "great", code=2)
    assert "nothing was said" in run(folder, "label", "s", "p", "present", code=2)
    assert run(folder, "prune", "--keep", "0") == {"models": [], "files": [], "done": False}
    assert "there is no model old" in run(folder, "promote", "old", code=2)
