"""Word pieces beside each other: what is missing and stray, and which of two opposite references is nearer."""

from __future__ import annotations

import numpy as np
import pytest

from greenroom.grading.encoder import MiniLM
from greenroom.grading.scoring.alignment import REVERSED_NAMES, beside_reversed, differences
from greenroom.grading.scoring.labelled import LabelledAnswer
from greenroom.grading.scoring.likeness import NAMES
from greenroom.grading.scoring.prepared import prepare
from greenroom.grading.scoring.reading import Reading, texts_to_read


@pytest.fixture(scope="module")
def encoder() -> MiniLM:
    return MiniLM()


def readings(encoder: MiniLM, *texts: str) -> list[Reading]:
    tokens = dict(encoder.read(texts_to_read(texts)))
    return [Reading(text, encoder.vocabulary(), tokens) for text in texts]


def test_nothing_is_missing_stray_or_different_in_the_reference_itself(encoder: MiniLM) -> None:
    same, other = readings(encoder, "Ice floats on water.", "Sand settles.")
    missing, matched, stray, changed = np.split(differences(same, same), 4)
    assert max(np.abs(part).max() for part in (missing, stray, changed)) < 1e-2
    assert np.linalg.norm(matched) > 0.3
    assert all(np.linalg.norm(part) > 0.05 for part in np.split(differences(other, same), 4))


def test_an_empty_answer_has_no_differences(encoder: MiniLM) -> None:
    empty, other = readings(encoder, "", "Sand settles.")
    assert not differences(empty, other).any()


def test_a_contradiction_is_nearer_to_the_reversed_reference(encoder: MiniLM) -> None:
    right, wrong, reference, turned, denied = readings(
        encoder, "the pitch gets higher", "the pitch gets lower", "The pitch is higher.", "The pitch is lower.",
        "The pitch is not higher.",
    )  # fmt: skip
    names = list(REVERSED_NAMES)
    for name in ("turned_cosine", "turned_recall"):
        at = names.index(name)
        agreeing, against = (beside_reversed(one, reference, [turned, denied])[at] for one in (right, wrong))
        assert agreeing < 0 < against


def test_answers_are_read_without_their_typing_errors(encoder: MiniLM) -> None:
    row = LabelledAnswer(question_id="q", question="Why?", references=("They are separated.",), answer="", label="no")
    rows = [row.model_copy(update={"answer": text}) for text in ("They are seperated.", "They are separated.")]
    ready = prepare(rows, encoder)
    assert ready.texts == ("They are separated.", "They are separated.")
    assert ready.features.shape == (2, len(NAMES))
    assert np.array_equal(ready.features[0], ready.features[1])
    assert prepare(rows, None).texts[0] == "They are seperated."
