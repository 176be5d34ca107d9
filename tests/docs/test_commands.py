"""The commands that the documents show are run as they stand there."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_bad_input import greenroom

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_CONSOLE = re.compile(r"^\$ (greenroom .+)$", re.MULTILINE)
_MAKE = re.compile(r"^ {4}make ([a-z]+)", re.MULTILINE)
# Placeholders of the documents, and real things to put in their place.
_ANSWERS = "tests/fixtures/answers"
PLACES = {
    "--item SLUG solution.py": f"--item pointers-clock-skew {_ANSWERS}/pointers-clock-skew.py",
    "--item SLUG answer.md": f"--item the-slow-lookup {_ANSWERS}/the-slow-lookup.md",
}


def commands() -> list[str]:
    """Every `$ greenroom …` of the documents, but those that ask a person."""
    found = [command for page in PAGES for command in _CONSOLE.findall(page.read_text(encoding="utf-8"))]
    return sorted({one for one in found if "interview --topics" not in one})


@pytest.mark.parametrize("command", commands())
def test_a_shown_command_works(command: str) -> None:
    for place, real in PLACES.items():
        command = command.replace(place, real)
    result = greenroom(*shlex.split(command)[1:])
    assert result.returncode == 0, result.stderr.decode()
    assert result.stdout


def test_there_are_commands_to_test() -> None:
    assert len(commands()) >= 5


def test_every_make_task_that_is_shown_exists() -> None:
    tasks = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = set(re.findall(r"make ([a-z]+)", tasks))
    shown = {
        task for page in [*PAGES, ROOT / "CONTRIBUTING.md"] for task in _MAKE.findall(page.read_text(encoding="utf-8"))
    }
    assert shown <= listed
    assert {"run", "test", "check", "bench", "docs"} <= listed


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_links_between_the_documents_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_setting_is_documented() -> None:
    from greenroom.platform.settings import Settings

    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"GREENROOM_{name.upper()}" not in page] == []
