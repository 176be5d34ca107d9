from __future__ import annotations

import os
from pathlib import Path

import pytest

from greenroom.judge.inside import sweep


def test_whatever_a_case_leaves_is_removed_and_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (scratch / "file").write_text("x")
    (scratch / "link").symlink_to(outside)
    (scratch / "dangling").symlink_to("/nowhere")
    (scratch / ".sweep-1").mkdir()
    locked = scratch / "locked" / "inner"
    locked.mkdir(parents=True)
    (locked / "file").write_text("x")
    (locked / "link").symlink_to(outside)
    locked.chmod(0)
    locked.parent.chmod(0)
    os.mkfifo(scratch / "pipe")
    sweep.empty(str(scratch))
    assert list(scratch.iterdir()) == []
    assert (outside / "kept").read_text() == "kept"


def test_a_tree_deeper_than_any_path_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(100):  # 100 levels of 200 letters: five times PATH_MAX
        Path("d" * 200).mkdir()
        os.chdir("d" * 200)
    os.chdir(tmp_path)
    sweep.empty(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(sweep.LeftoverError):
        sweep.empty(str(tmp_path / "link"))
