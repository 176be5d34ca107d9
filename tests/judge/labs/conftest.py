"""Judges that run labs, and small labs made of a starter and an examination."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from uuid import uuid4

import pytest
from tests.items import write
from tests.judge.labs.shops import write_shop

from greenroom.bank.loader import load_item
from greenroom.bank.models import Item
from greenroom.bank.specs import Limits
from greenroom.judge import environments
from greenroom.judge.environments import MissingError
from greenroom.judge.postgres import installation
from greenroom.judge.results import RunResult, Verdict
from greenroom.judge.service import Judge

HEAD = """\
uuid: {uuid}
version: 1
title: A small lab
kind: service
tags: [arrays]
minutes: 20
difficulty: {{b: 0, error: 0.7}}
limits: {limits}
lab: {{environment: web, edit: ["**"], add: ["*.py"], postgres: {postgres}}}
rubric:
  - id: all
    points: 1
    title: All of it
    measure: {{cases: [all], earn: share}}
    follow_up: {{ask: And then?, claim: All of it is right.}}
"""

IMPORTS = """\
from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import EndedError, FailedError
from greenroom.judge.probes.postgres import Postgres
from greenroom.judge.probes.schedules import asks, calls, crashes, explore
from greenroom.judge.probes.upstream import Upstream

"""


@pytest.fixture(scope="package")
def judge() -> Iterator[Judge]:
    try:
        environments.find("web")
    except MissingError as error:
        pytest.skip(str(error))
    made = Judge(spares=2)
    made.warm(Limits(), environment="web")
    yield made
    made.close()


@pytest.fixture
def shop(tmp_path: Path) -> Item:
    write_shop(tmp_path / "dsa" / "orders")
    return load_item(tmp_path / "dsa" / "orders")


Examine = Callable[..., RunResult]


@pytest.fixture
def on_postgres(examine: Examine) -> Examine:
    """The same where there is a PostgreSQL, for checks that ask for a database of it; they must not be at fault."""
    try:
        installation.find()
    except MissingError as error:
        pytest.skip(str(error))

    def run(files: Mapping[str, str], checks: str) -> RunResult:
        result = examine(files, checks, postgres=True)
        assert result.verdict is not Verdict.judge_error, result.message
        return result

    return run


@pytest.fixture
def examine(judge: Judge, tmp_path: Path) -> Examine:
    """Run checks (the text of `examine.py` without its imports) against a project."""

    def run(
        files: Mapping[str, str], checks: str, limits: str = "{cpu_s: 5, wall_s: 15}", *, postgres: bool = False
    ) -> RunResult:
        folder = tmp_path / "dsa" / "small"
        write(folder / "item.yaml", HEAD.format(uuid=uuid4(), limits=limits, postgres=str(postgres).lower()))
        for name in ("prompt", "debrief"):
            write(folder / f"{name}.md", "…\n")
        write(folder / "hints.md", "## Hint 1 (5 %)\n\nA nudge.\n")
        write(folder / "interviewer.md", "## Probes\n\n- …\n\n## Follow-ups\n\n- `all`: …\n")
        write(folder / "judge/examine.py", IMPORTS + dedent(checks))
        sources = {path: dedent(text) for path, text in files.items()}
        for path, text in sources.items():
            write(folder / "starter" / path, text)
        for sort in ("accepted", "partial", "wrong", "hostile"):
            write(folder / f"submissions/{sort}/one/README.md", "…\n")
        write(
            folder / "submissions/expect.yaml",
            "".join(f"{sort}/one: {{}}\n" for sort in ("accepted", "partial", "wrong", "hostile")),
        )
        return judge.run(load_item(folder), {})

    return run
