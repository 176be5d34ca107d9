"""A lab's project in the terminal: its files in the person's own editor, or in a folder that is named."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import typer

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Item
from greenroom.bank.projects import first_draft, written
from greenroom.cli.seats import edit_project

EDITOR = """\
import pathlib, sys
(path,) = map(pathlib.Path, sys.argv[1:])
assert not (path.parent / "schema.sql").stat().st_mode & 0o200
path.write_text(path.read_text() + "-- seen\\n")
"""


@pytest.fixture
def lab() -> Item:
    return load_pack(core_pack_folder()).by_slug["nobody-came-back"]


def test_the_editor_gets_the_files_that_may_be_changed(
    lab: Item, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "editor.py").write_text(EDITOR)
    monkeypatch.setenv("VISUAL", f"{sys.executable} {tmp_path / 'editor.py'}")
    once = edit_project(lab, first_draft(lab))
    assert json.loads(once) == {"query.sql": lab.starter["query.sql"] + "-- seen\n"}
    assert json.loads(edit_project(lab, once)) == {"query.sql": lab.starter["query.sql"] + "-- seen\n-- seen\n"}


def test_without_an_editor_the_folder_is_named(
    lab: Item, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)

    def changed(*_asked: object, **_how: object) -> str:
        (line,) = [one for one in capsys.readouterr().out.splitlines() if "lies in" in one]
        (Path(line.rpartition(" in ")[2]) / "query.sql").write_text("SELECT 1;\n")
        return ""

    monkeypatch.setattr(typer, "prompt", changed)
    assert edit_project(lab, first_draft(lab)) == written({"query.sql": "SELECT 1;\n"})


def test_what_is_as_in_the_starter_is_not_handed_in(lab: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "true")
    assert json.loads(edit_project(lab, first_draft(lab))) == {}
