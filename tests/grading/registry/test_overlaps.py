"""Overlaps: counted for all phrasings at once, they are what sets say, whoever else asks meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.grading.models import GOOD, concept_item

from greenroom.bank.models import Item
from greenroom.bank.rubric import Point
from greenroom.grading.registry import overlaps
from greenroom.grading.registry.overlaps import Overlaps
from greenroom.grading.registry.protocols import Row
from greenroom.grading.words import content, negation_count, trigrams, words

ANSWERS = (
    "",
    "no",
    GOOD,
    "The server does not keep a session. 語 🙂",
    "The server stores a session for each token. " * 300,
)


def likeness(left: str, right: str) -> float:
    both = len(trigrams(left)) * len(trigrams(right))
    return float(len(trigrams(left) & trigrams(right)) / both**0.5) if both else 0.0


def by_sets(item: Item, point: Point, answer: str) -> list[float]:
    """The same features, as one writes them first."""
    phrasings = point.phrasings
    assert phrasings is not None
    wanted, said = content(phrasings.claim), content(answer)
    new = wanted - content(f"{item.title}\n{item.prompt}\n")
    good = max(likeness(answer, one) for one in (phrasings.claim, *phrasings.accepts))
    bad = max((likeness(answer, one) for one in phrasings.rejects), default=0.0)
    shared = len(said & wanted)
    return [
        shared / max(len(wanted), 1),
        shared / max(len(said), 1),
        len(said & new) / max(len(new), 1),
        good,
        bad,
        good - bad,
        float(negation_count(answer) % 2 != negation_count(phrasings.claim) % 2),
        min(len(words(answer)), 200) / 200,
    ]


@pytest.fixture
def item(tmp_path: Path) -> Item:
    return concept_item(tmp_path)


def test_features_are_what_sets_say(item: Item) -> None:
    rows = [Row(item, point, answer) for answer in ANSWERS for point in item.head.rubric]
    expected = [by_sets(item, row.point, row.answer) for row in rows]
    found = Overlaps()(rows)
    assert found.shape == (len(rows), 8)
    assert np.allclose(found, expected, rtol=0, atol=1e-12)
    assert len(np.unique(found[:, 3])) > 4
    for row, line in zip(reversed(rows), reversed(expected), strict=True):  # alone, and known already
        assert np.allclose(Overlaps()([row])[0], line, rtol=0, atol=1e-12)
    assert Overlaps()([]).shape == (0, 8)


def test_points_that_are_found_out_by_many_threads_at_once_do_not_mix(
    item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = item.head.rubric
    expected = {point.id: by_sets(item, point, GOOD) for point in points}
    for _ in range(20):
        monkeypatch.setattr(overlaps, "_KNOWN", {})
        monkeypatch.setattr(overlaps, "_COUNTERS", {})
        with ThreadPoolExecutor(8) as threads:
            asked = [points[at % len(points)] for at in range(32)]
            found = list(threads.map(lambda point: Overlaps()([Row(item, point, GOOD)])[0], asked))
        for point, line in zip(asked, found, strict=True):
            assert np.allclose(line, expected[point.id], rtol=0, atol=1e-12)
