"""Answers written with questions, claims and a good answer at hand, so as to be credited for what is not so."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.grading.shipped import grader, items

from greenroom.bank.findings import State

ANSWERS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("disguised.yaml").read_text(encoding="utf-8"))
MOST_CREDITED = {"negated": 0.15, "contradiction": 0.2, "misconception": 0.2, "waffle": 0.25, "one-wrong-word": 0.3}
"""Of the points that answers of a sort do not state. A word changed in a sentence of one's own is what the encoder
hardly sees; docs/grading.md has the figures."""


@pytest.mark.parametrize("sort", MOST_CREDITED)
def test_few_points_are_credited_to_who_does_not_state_them(sort: str) -> None:
    found = Counter[State]()
    for answer in [one for one in ANSWERS if one["sort"] == sort]:
        states = {one.point: one.state for one in grader().grade(items()[answer["item"]], answer["text"])}
        found.update(states[point] for point in answer["not_stated"])
    print(sort, dict(found))
    assert found.total() > 100
    assert found[State.present] <= MOST_CREDITED[sort] * found.total(), found


def test_each_answer_is_of_a_question_and_names_its_points() -> None:
    for answer in ANSWERS:
        assert answer["sort"] in MOST_CREDITED
        assert set(answer["not_stated"]) <= items()[answer["item"]].point_by_id.keys(), answer["item"]


def test_where_one_copied_claim_was_changed_nothing_else_is_credited() -> None:
    asked = items()["the-slow-lookup"]
    first, second = (asked.point_by_id[name].claim for name in ("slower-writes", "faster-reads"))
    assert second is not None
    kept = {one.point: one for one in grader().grade(asked, f"{second} {first}")}
    assert kept["slower-writes"].state is State.present
    changed = {one.point: one for one in grader().grade(asked, f"{second.replace('faster', 'slower')} {first}")}
    assert changed["faster-reads"].state is State.unsure
    assert changed["slower-writes"].state is State.unsure
    assert changed["slower-writes"].evidence["reason"] == "another sentence is a copy that was changed"
