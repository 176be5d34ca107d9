"""Linear models: one product gives what the steps give, and a file is what it was or is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.grading.models import concept_item, linear_model, rows

from greenroom.bank.findings import State
from greenroom.grading.registry.errors import ArtefactRefused
from greenroom.grading.registry.linear import LinearScorer, from_bytes, to_bytes
from greenroom.grading.registry.overlaps import Overlaps


@pytest.mark.parametrize("seed", range(5))
def test_one_product_gives_what_the_steps_give(seed: int) -> None:
    model = linear_model(seed=seed)
    features = np.random.default_rng(seed).normal(size=(200, 8)) * 4
    assert np.allclose(model.fused(features), model.stepwise(features), atol=1e-12)
    assert LinearScorer(model, Overlaps()).fused


def test_a_model_whose_product_loses_digits_goes_step_by_step(tmp_path: Path) -> None:
    model = linear_model()
    far = replace(model, centre=np.full(8, 1e13), scale=np.full(8, 1e-3))
    scorer = LinearScorer(far, Overlaps())
    assert not scorer.fused
    found = scorer.score(rows(concept_item(tmp_path)))
    assert np.isclose(found[0].score, far.stepwise(Overlaps()(rows(concept_item(tmp_path))))[0, 0])


def test_a_file_gives_the_same_model(tmp_path: Path) -> None:
    asked = [
        *rows(concept_item(tmp_path)),
        *rows(concept_item(tmp_path), "The server stores a session for each token."),
    ]
    before = LinearScorer(linear_model(), Overlaps()).score(asked)
    after = LinearScorer(from_bytes(to_bytes(linear_model())), Overlaps()).score(asked)
    assert before == after
    assert before[0].state is State.present
    assert before[2].state is not State.present
    assert len({one.features for one in before}) == 4


def _changed(**values: Any) -> bytes:
    return json.dumps(json.loads(to_bytes(linear_model())) | values).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        to_bytes(linear_model())[:-40],
        _changed(kind="pickle"),
        _changed(weights=[[1.0, 2.0]]),
        _changed(classes=["absent", "contradicted", "unsure"]),
        _changed(classes=["present", "absent", "great"]),
        _changed(temperature=0),
        _changed(scale=[0.0] * 8),
        _changed(intercept=[float("nan"), 0.0, 0.0]),
        _changed(intercept=[1.0, 0.0, -1.0]),
        _changed(expected=[]),
    ],
)
def test_what_is_no_model_or_computes_something_else_is_refused(content: bytes) -> None:
    with pytest.raises(ArtefactRefused) as refused:
        from_bytes(content)
    assert refused.value.mend


def test_a_model_of_other_features_is_refused() -> None:
    with pytest.raises(ArtefactRefused, match="other features"):
        LinearScorer(replace(linear_model(), measure="overlaps-2"), Overlaps())


def test_nothing_to_read_is_nothing_said() -> None:
    assert LinearScorer(linear_model(), Overlaps()).score([]) == []
