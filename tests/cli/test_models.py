"""`greenroom grader` over the life of a model, as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.grading.models import linear_model
from typer.testing import CliRunner

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.cli.main import app
from greenroom.grading.registry.linear import to_bytes
from greenroom.kernel.errors import GreenroomError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a challenger called `new`."""
    made = tmp_path_factory.mktemp("models")
    (made / "model.json").write_bytes(to_bytes(linear_model("new")))
    told = run(made, "register", str(made / "model.json"), "--version", "new", "--challenger", "--seed", "3")
    assert (told["version"], told["seed"], len(told["sha256"])) == ("new", 3, 64)
    return made


def run(folder: Path, *arguments: str, code: int = 0) -> Any:
    """What a command prints as JSON; for code 2 the line of its error."""
    done = CliRunner().invoke(app, ["grader", *arguments, "--json"], env={"GREENROOM_DATA_DIR": str(folder / "data")})
    if code == 2:
        assert isinstance(done.exception, GreenroomError), done.output
        return done.exception.line()
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_models_are_listed_with_who_answers(folder: Path) -> None:
    listed = run(folder, "models")
    assert listed["aliases"] == {"champion": listed["shipped"], "challenger": "new", "previous": None}
    assert [one["version"] for one in listed["models"]] == ["new"]
    assert "nothing before it" in run(folder, "rollback", code=2)


def test_a_challenger_that_has_shown_too_little_is_not_promoted(folder: Path) -> None:
    verdict = run(folder, "promote", "new", "--dry-run", code=1)
    assert (verdict["promote"], verdict["promoted"]) == (False, False)
    assert {one["name"] for one in verdict["checks"] if not one["met"]} >= {"held-out rows", "invariance", "shadow"}
    assert run(folder, "promote", "new", "--yes", code=1)["promoted"] is False
    assert "there is no model old" in run(folder, "promote", "old", code=2)


def test_a_held_out_row_that_cannot_be_used_is_named(folder: Path) -> None:
    row = {"item": "the-slow-lookup", "point": "x", "answer": "a", "state": "present"}
    (folder / "held-out.jsonl").write_text(json.dumps(row), encoding="utf-8")
    assert "no model old" in run(folder, "trial", "old", "--held-out", str(folder / "held-out.jsonl"), code=2)
    assert "line 1" in run(folder, "trial", "new", "--held-out", str(folder / "held-out.jsonl"), code=2)
    assert "cannot be read" in run(folder, "trial", "new", "--held-out", str(folder / "nothing"), code=2)


def test_a_file_that_is_no_model_is_said_with_a_mend_and_leaves_nothing(folder: Path) -> None:
    (folder / "rows.jsonl").write_text("{}\n{}\n", encoding="utf-8")
    told = run(folder, "register", str(folder / "rows.jsonl"), "--version", "rows", code=2)
    assert "--kind" in told
    assert "roll back" not in told
    assert len(list((folder / "data" / "models").iterdir())) == 1
    for seed in ("-1", "9999999999999"):
        done = CliRunner().invoke(app, ["grader", "evaluate", "--seed", seed])
        assert (done.exit_code, "Invalid value" in done.output) == (2, True)


def test_the_watch_and_pruning_before_anything_has_come(folder: Path) -> None:
    watched = run(folder, "monitor")
    assert (watched["has_reference"], watched["score_rows"], watched["retraining"]) == (False, 0, [])
    assert run(folder, "prune", "--keep", "0") == {"models": [], "files": [], "done": False}


def test_audits_and_labels(folder: Path) -> None:
    assert run(folder, "audits") == {"audits": []}
    assert "is no state" in run(folder, "label", "s", "p", "great", code=2)
    assert "nothing was said" in run(folder, "label", "s", "p", "present", code=2)


def test_a_model_is_trained_on_a_snapshot_and_reads_beside_the_champion(tmp_path: Path) -> None:
    item = next(one for one in load_pack(core_pack_folder()).items if one.slug == "the-slow-lookup")
    point = next(one for one in item.head.rubric if one.phrasings)
    assert point.phrasings is not None
    said = [(one, "present") for one in (point.phrasings.claim, *point.phrasings.accepts)]
    said += [(one, "absent") for one in (*point.phrasings.rejects, "It is too slow, I would look at it.")]
    rows = [
        {"item": item.slug, "point": point.id, "answer": f"{text} {end}".strip(), "state": state}
        for text, state in said
        for end in ("", "That is all.", "I have seen it.", "So it is.", "It is known.", "I am sure of it.")
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    made = run(tmp_path, "ingest", str(tmp_path / "rows.jsonl"), "--no-bank", "--no-audits")
    model = run(tmp_path, "train", "--snapshot", "last", "--version", "one", "--seed", "4")
    assert (model["kind"], model["snapshot"], model["seed"]) == ("claims", made["snapshot"], 4)
    assert model["metrics"]["curves"]["verdict"] in ("bias", "variance", "neither")
    assert run(tmp_path, "report", "one") == {name: value for name, value in model.items() if name != "challenger"}
    health = run(tmp_path, "health")
    assert (health["status"], health["challenger"]) == ("ok", "one")
    assert run(tmp_path, "predictions") == {"predictions": []}
    assert "not clear" in run(tmp_path, "train", code=2)
    for version, reason in (("one", "one already"), ("../up", "is no version")):
        assert reason in run(tmp_path, "train", "--snapshot", "last", "--version", version, code=2)
    assert run(tmp_path, "trial", "one", "--snapshot", "last")["comparison"]["rows"] > 0
    done = CliRunner().invoke(app, ["grader", "report", "one"], env={"GREENROOM_DATA_DIR": str(tmp_path / "data")})
    assert model["metrics"]["curves"]["said"][:20] in done.output
