"""The copy on an MLflow server: what is missing is made there once, and a server in trouble breaks nothing.

The server is a real one, where `mlflow` is installed: `uv pip install --target DIR mlflow`, then `PYTHONPATH=DIR`.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from greenroom.grading.registry.artefacts import Artefact
from greenroom.grading.registry.mirror import NAME, Mirror, measured
from greenroom.grading.registry.service import Aliases, ModelRecord, Origin

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIRST = ModelRecord(
    "first", "claims", Artefact("f", "0" * 64, 1), Origin("s1", seed=3),
    {"model": {"macro_f1": {"value": 0.9}, "f1:not present": {"value": None}}}, NOW,
)  # fmt: skip
SECOND = replace(FIRST, version="second", created_at=NOW + timedelta(days=1))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_server_that_is_not_there_breaks_nothing() -> None:
    assert Mirror(f"http://127.0.0.1:{free_port()}").copy([FIRST], Aliases("first")) is False


def test_figures_have_names_that_mlflow_takes() -> None:
    figures = {"model": {"f1:not present": {"value": 0.5}, "ece": {"value": None}}, "totals": {"answers": 3}}
    assert measured(figures) == {"model/f1/not_present": 0.5}
    assert measured({}) == {}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    if importlib.util.find_spec("mlflow") is None or importlib.util.find_spec("flask_cors") is None:
        pytest.skip("NOT TESTED: mlflow is not installed, so the copy on a real MLflow server was not made")
    port = free_port()
    store = f"sqlite:///{tmp_path / 'mlflow.db'}"
    command = [sys.executable, "-m", "mlflow", "server", "--port", str(port), "--backend-store-uri", store]
    command += ["--workers", "1", "--artifacts-destination", str(tmp_path / "artefacts")]
    process = subprocess.Popen(
        command, env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}, cwd=tmp_path,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        until = time.monotonic() + 150
        while process.poll() is None and time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.timeout(600)
def test_runs_and_aliases_are_on_a_real_server_once(server: str) -> None:
    from mlflow import MlflowClient

    mirror, client = Mirror(server), MlflowClient(tracking_uri=server, registry_uri=server)
    assert mirror.copy([FIRST], Aliases(challenger="first"))
    for _ in range(2):
        assert mirror.copy([SECOND, FIRST], Aliases("second", None, "first"))
    runs = client.search_runs([client.get_experiment_by_name(NAME).experiment_id])
    assert sorted(run.data.tags["greenroom.version"] for run in runs) == ["first", "second"]
    assert runs[0].data.metrics == {"model/macro_f1": 0.9}
    assert runs[0].data.params["snapshot"] == "s1"
    named = {alias: client.get_model_version_by_alias(NAME, alias) for alias in ("champion", "previous")}
    assert {alias: one.tags["greenroom.version"] for alias, one in named.items()} == {
        "champion": "second",
        "previous": "first",
    }
    assert set(client.get_registered_model(NAME).aliases) == {"champion", "previous"}
