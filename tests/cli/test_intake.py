"""`greenroom grader ingest|validate|snapshots|forget` as they are typed."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from tests.cli.test_bad_input import assert_one_line, greenroom

ROW = {"item": "why-stateless", "item_version": 1, "point": "scale", "answer": "Nothing is kept.", "state": "present"}


def asked(folder: Path, *arguments: str, code: int = 0) -> Any:
    done = greenroom("grader", *arguments, "--json", GREENROOM_DATA_DIR=str(folder / "data"))
    assert done.returncode == code, done.stderr.decode()
    return json.loads(done.stdout)


def write(folder: Path, *rows: dict[str, Any]) -> str:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return str(path)


def test_rows_go_into_a_snapshot_that_is_verified(tmp_path: Path, pack: Path) -> None:
    path, ours = write(tmp_path, ROW, {**ROW, "answer": "ask ada@example.org", "teacher": "x"}), ("--pack", str(pack))
    found = asked(tmp_path, "validate", path, "--bank", *ours)
    assert found["read"] == found["taken"] + len(found["quarantined"])
    (bad,) = [one for one in found["quarantined"] if one["source"] == "file"]
    assert "why-stateless/scale" not in found["unknown_points"]
    assert bad == {"source": "file", "place": "rows.jsonl, line 2", "reason": "unknown column 'teacher'"}
    dry = asked(tmp_path, "ingest", path, "--dry-run", *ours)
    assert (dry["snapshot"], dry["taken"], dry["dry_run"]) == (None, found["taken"], True)
    assert asked(tmp_path, "snapshots") == []
    made = asked(tmp_path, "ingest", path, *ours)
    (listed,) = asked(tmp_path, "snapshots")
    assert (listed["snapshot"], listed["manifest_sha256"]) == (made["snapshot"], made["manifest_sha256"])
    shown = asked(tmp_path, "snapshots", made["snapshot"])
    assert (shown["verified"], shown["readable"], shown["erased"]) == (True, made["taken"], 0)
    assert bad in shown["quarantine"]
    _damage(tmp_path)
    told = greenroom("grader", "snapshots", made["snapshot"], GREENROOM_DATA_DIR=str(tmp_path / "data"))
    assert_one_line(told, "is not what it was")


def test_rows_of_points_that_the_pack_has_not_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, {**ROW, "item": "nope"}, {**ROW, "item": "the-slow-lookup", "point": "zzz"})
    done = greenroom("grader", "validate", path, "--json", GREENROOM_DATA_DIR=str(tmp_path / "data"))
    assert json.loads(done.stdout)["unknown_points"] == ["nope/scale", "the-slow-lookup/zzz"]
    assert b"nope/scale, the-slow-lookup/zzz" in done.stderr


def _damage(folder: Path) -> None:
    with sqlite3.connect(folder / "data" / "greenroom.db") as database:
        database.execute("UPDATE snapshot_rows SET body = '{}' WHERE position = 0")
    database.close()


def test_a_batch_that_teaches_nothing_is_exit_1(tmp_path: Path) -> None:
    path = write(tmp_path, *({**ROW, "answer": f"answer {number} of many"} for number in range(60)))
    found = asked(tmp_path, "validate", path, code=1)
    assert found["problems"] == ["60 of 60 point rows are 'present': a model would learn to say nothing else"]
    done = greenroom("grader", "ingest", path, "--no-bank", GREENROOM_DATA_DIR=str(tmp_path / "data"))
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"no snapshot was made" in done.stderr
    assert asked(tmp_path, "snapshots") == []


def test_forgetting_looks_first_and_names_the_mend(tmp_path: Path) -> None:
    assert asked(tmp_path, "forget") == []
    told = greenroom("grader", "forget", "nobody@example.org", GREENROOM_DATA_DIR=str(tmp_path / "data"))
    assert_one_line(told, "nobody@example.org", "e-mail address")
    with sqlite3.connect(tmp_path / "data" / "greenroom.db") as database:
        database.execute(
            "INSERT INTO users (id, name, email, created_at) VALUES ('u', 'U', 'u@example.org', '2026-01-01')"
        )
        database.execute("INSERT INTO subject_keys VALUES ('s', 'u', zeroblob(32), '2026-01-01')")
    database.close()
    assert asked(tmp_path, "forget", "u@example.org") == {
        "user_id": "u", "subject": "s", "snapshots": [], "models": [], "erased": False, "dry_run": True,
        "retrain_by": None,
    }  # fmt: skip
    assert asked(tmp_path, "forget") == []
    assert asked(tmp_path, "forget", "u", "--yes")["erased"] is True
    (erased,) = asked(tmp_path, "forget")
    assert (erased["subject"], erased["reason"], erased["retrain_by"]) == ("s", "by-admin", None)


def test_a_file_of_another_sort_is_refused(tmp_path: Path) -> None:
    assert_one_line(greenroom("grader", "validate", str(tmp_path / "rows.txt")), "name it .jsonl or .csv")


def test_every_command_shows_an_example() -> None:
    for command in ("ingest", "validate", "snapshots", "forget"):
        assert f"Example: greenroom grader {command}" in greenroom("grader", command, "--help").stdout.decode()
