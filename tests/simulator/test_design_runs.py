"""Designs that are run: by the command, and against what can be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from greenroom.cli.main import app

EXAMPLE = Path(__file__).parent / "designs" / "fraud-scoring.yaml"
KEYS = {
    "p50_ms", "p95_ms", "p99_ms", "throughput_rps", "errors_pct", "goodput_rps", "nodes", "bottleneck", "usd_month",
    "rpo_s", "findings",
}  # fmt: skip


def simulated(*arguments: str, code: int = 0) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["simulate", *arguments, "--json"])
    assert result.exit_code == code, (result.output, result.exception)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    return simulated(str(EXAMPLE), "--seconds", "50")


def test_the_command_prints_the_stable_keys(example: dict[str, Any]) -> None:
    assert set(example) >= KEYS
    for name in ("p50_ms", "p95_ms", "p99_ms"):
        found = example[name]
        assert 5 < found["low"] <= found["value"] <= found["high"] < 60
    assert set(example["nodes"]["api"]) >= {"utilisation", "queue"}
    assert example["seeds"] == [1, 2, 3, 4, 5]
    assert len(example["over_time"]["goodput_rps"]) == 50


def test_the_utilisation_law_holds(example: dict[str, Any]) -> None:
    nodes = example["nodes"]
    assert nodes["api"]["utilisation"] == pytest.approx(2000 * 1.5e-3 / 6, rel=0.02)
    assert nodes["feats"]["utilisation"] == pytest.approx(2000 * 0.15e-3 / 2, rel=0.02)
    assert nodes["fdb"]["utilisation"] == pytest.approx(2000 * 0.03 * 3e-3 / 4, rel=0.1)
    assert nodes["model"]["utilisation"] == pytest.approx(2000 * 12 / 16 / 1000 / 3, rel=0.02)
    assert nodes["writer"]["utilisation"] == pytest.approx(1, rel=0.01)
    assert example["bottleneck"] == "writer"


def test_cost_and_loss_are_counted(example: dict[str, Any]) -> None:
    assert example["usd_month"] == 2 * 25 + 3 * 140 + 2 * 150 + 2 * 370 + 3 * 380 + 3 * 150 + 2 * 70
    assert example["rpo_s"] == 0
    assert [one["declared"] for one in example["slo"]] == [False, False, True, True]


def test_faults_are_told(example: dict[str, Any]) -> None:
    assert [(one["fault"], one["state"]) for one in example["faults"]] == [
        ("kill model/1", "unharmed"),
        ("cold feats", "recovered"),
    ]
