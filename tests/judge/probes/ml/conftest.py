"""A judge with the ml environment, and small labs that use the probes in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from uuid import uuid4

import pytest
from tests.items import write
from tests.judge.labs.conftest import HEAD

from greenroom.bank.loader import load_item
from greenroom.bank.specs import Limits
from greenroom.judge import environments
from greenroom.judge.environments import MissingError
from greenroom.judge.results import RunResult
from greenroom.judge.service import Judge

ML_HEAD = HEAD.replace("kind: service", "kind: ml").replace("environment: web", "environment: ml, examiner: ml")
IMPORTS = "import numpy as np\nfrom greenroom.judge.probes.lab import Lab, check\n"
LIMITS = "{cpu_s: 10, wall_s: 30, memory_mb: 768}"
SORTS = ("accepted", "partial", "wrong", "hostile")

Examine = Callable[[str, str], RunResult]


@pytest.fixture(scope="package")
def judge() -> Iterator[Judge]:
    try:
        environments.find("ml")
    except MissingError as error:
        pytest.skip(str(error))
    made = Judge(spares=2)
    made.warm(Limits(), environment="ml")
    yield made
    made.close()


@pytest.fixture
def examine(judge: Judge, tmp_path: Path) -> Examine:
    """Run the body of one check of `examine.py`, with *lab*, against a project of one file, `app.py`."""

    def run(app: str, body: str) -> RunResult:
        folder = tmp_path / "ml-core" / uuid4().hex
        write(folder / "item.yaml", ML_HEAD.format(uuid=uuid4(), limits=LIMITS, postgres="false"))
        for name in ("prompt", "debrief"):
            write(folder / f"{name}.md", "…\n")
        write(folder / "hints.md", "## Hint 1 (5 %)\n\nA nudge.\n")
        write(folder / "interviewer.md", "## Probes\n\n- …\n\n## Follow-ups\n\n- `all`: …\n")
        write(folder / "starter/app.py", dedent(app))
        indented = "".join(f"    {line}" for line in dedent(body).strip().splitlines(keepends=True))
        write(folder / "judge/examine.py", f'{IMPORTS}\n@check("all")\ndef one(lab):\n{indented}\n')
        for sort in SORTS:
            write(folder / f"submissions/{sort}/one/README.md", "…\n")
        write(folder / "submissions/expect.yaml", "".join(f"{sort}/one: {{}}\n" for sort in SORTS))
        return judge.run(load_item(folder), {})

    return run
