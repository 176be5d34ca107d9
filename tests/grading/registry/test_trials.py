"""Held-out rows from a file: each line is used, or named and refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.grading.models import GOOD, concept_item, linear_model

from greenroom.bank.findings import State
from greenroom.grading.registry.linear import LinearScorer
from greenroom.grading.registry.overlaps import Overlaps
from greenroom.grading.registry.trials import read_held_out, try_challenger
from greenroom.kernel.errors import InputError

ROW: dict[str, Any] = {"item": "why-stateless", "point": "scale", "answer": GOOD, "state": "present"}


def test_rows_are_read_and_tried(tmp_path: Path) -> None:
    items = {"why-stateless": concept_item(tmp_path)}
    lines = [json.dumps(ROW), "", json.dumps(ROW | {"answer": "Nothing.", "state": "absent", "group": "g"})]
    found = read_held_out(lines, items)
    assert [(one.state, one.group) for one in found] == [(State.present, "why-stateless"), (State.absent, "g")]
    strict, usual = (LinearScorer(linear_model(lean=lean), Overlaps()) for lean in (-30.0, 0.0))
    comparison, suite = try_challenger(strict, usual, found, seed=1)
    assert (comparison.rows, comparison.clusters) == (2, 2)
    assert comparison.difference > 0
    assert comparison.mae == (0.5, 0.0)
    assert suite.tried["injection"] == 12
    with pytest.raises(InputError):
        try_challenger(strict, usual, [], seed=1)


@pytest.mark.parametrize(
    "row",
    [
        ROW | {"item": "another"},
        ROW | {"point": "another"},
        ROW | {"state": "unsure"},
        ROW | {"state": "met"},
        ROW | {"state": "great"},
        ROW | {"column": 1},
        {"item": "why-stateless"},
        [],
        "x",
        ROW | {"answer": "x" * 100_001},
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, row: object) -> None:
    items = {"why-stateless": concept_item(tmp_path)}
    with pytest.raises(InputError, match="line 2") as refused:
        read_held_out([json.dumps(ROW), json.dumps(row)], items)
    assert refused.value.mend


@pytest.mark.parametrize("line", ["{", "[" * 50_000, "NaN", "\x00"])
def test_what_is_no_json_is_named_too(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match="line 1"):
        read_held_out([line], {})
