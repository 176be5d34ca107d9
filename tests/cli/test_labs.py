"""A lab from the terminal: made, proven, answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.items import write_pack
from tests.judge.labs.shops import APP, JOINED, write_shop
from tests.terminal import greenroom

from greenroom.judge import environments
from greenroom.judge.environments import MissingError


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    try:
        environments.find("web")
    except MissingError as error:
        pytest.skip(str(error))
    root = tmp_path / "pack"
    write_pack(root)
    write_shop(root / "items" / "dsa" / "orders")
    return root


def judged(shop: Path, answer: Path) -> tuple[int, str]:
    done = greenroom("judge", "run", "--item", "orders", "--pack", str(shop), str(answer), "--json")
    return done.returncode, done.stdout or done.stderr


def test_a_folder_or_one_file_is_the_answer(shop: Path, tmp_path: Path) -> None:
    project = tmp_path / "mine"
    (project / "__pycache__").mkdir(parents=True)
    (project / "__pycache__" / "app.pyc").write_bytes(b"\xff")
    (project / "app.py").write_text(JOINED)
    code, said = judged(shop, project)
    assert (code, json.loads(said)["measures"]) == (0, {"queries": 1})
    (project / "app.py").write_text(APP)
    code, said = judged(shop, project / "app.py")
    assert (code, json.loads(said)["verdict"]) == (1, "partial")


def test_what_is_no_project_is_refused(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("")
    for answer, word in ((tmp_path / "nowhere", "no such folder"), (tmp_path / "other.py", "app.py, db.py")):
        code, said = judged(shop, answer)
        assert code == 2
        assert word in said
