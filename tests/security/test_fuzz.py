"""Schemathesis against a running server, every check on: no 500, and nothing that the description does not say.

A short run here; `make fuzz` gives it half an hour (`GREENROOM_FUZZ_SECONDS`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.members import server_for_many
from tests.servers import Server

ROOT = Path(__file__).parents[2]
SECONDS = int(os.environ.get("GREENROOM_FUZZ_SECONDS", "30"))
SEED = os.environ.get("GREENROOM_FUZZ_SEED", "1")
pytestmark = pytest.mark.timeout(SECONDS * 4 + 300)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with server_for_many(tmp_path / "data") as running:
        yield running


def test_no_request_breaks_the_server_or_its_description(server: Server, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    configuration = Path(__file__).with_name("schemathesis.toml")
    program = str(Path(sys.executable).with_name("schemathesis"))
    command = [
        program, f"--config-file={configuration}", "run", f"{server.address}/api/v1/openapi.json", "--checks=all",
        f"--max-time={SECONDS}", f"--seed={SEED}", "--no-color", "--continue-on-failure", "--warnings=off",
        "--generation-database=none", "--suppress-health-check=all", "--report=json", f"--report-json-path={report}",
    ]  # fmt: skip
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "tests.security.fuzzing",
        "GREENROOM_FUZZ_ADDRESS": server.address,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path, check=False)
    said = done.stdout + done.stderr
    if folder := os.environ.get("GREENROOM_FUZZ_REPORT"):
        Path(folder).write_text(said + "\n" + "".join(server.output), encoding="utf-8")
    assert done.returncode == 0, said[-20_000:]
    json.loads(report.read_text(encoding="utf-8"))
    assert "unexpected error" not in "".join(server.output)
