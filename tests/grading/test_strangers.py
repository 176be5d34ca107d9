"""Answers in words that no author of the bank chose: most of what they state is seen, little of what they do not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.grading.shipped import grader, items

from greenroom.bank.findings import State

ANSWERS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("strangers.yaml").read_text(encoding="utf-8"))


def read(name: str) -> tuple[Counter[State], Counter[State]]:
    """How often which state was found of the points that the answers of a set state, and of those that they do not."""
    stated, unstated = Counter[State](), Counter[State]()
    for answer in [one for one in ANSWERS if one["set"] == name]:
        for found in grader().grade(items()[answer["item"]], answer["text"]):
            if found.point not in answer.get("arguable", []):
                (stated if found.point in answer["states"] else unstated)[found.state] += 1
    return stated, unstated


@pytest.mark.parametrize("name", ["first", "second", "third", "fourth", "design"])
def test_strangers_are_mostly_understood_and_seldom_credited_for_nothing(name: str) -> None:
    """The bounds leave room: a set has some hundred points, and a model that is fitted anew moves a few of them."""
    stated, unstated = read(name)
    print(name, "stated", dict(stated), "unstated", dict(unstated))
    assert stated.total() >= 45
    assert unstated.total() >= 20
    assert stated[State.present] >= 0.55 * stated.total(), stated
    assert stated[State.present] + stated[State.unsure] >= 0.8 * stated.total(), stated
    assert unstated[State.present] <= 0.15 * unstated.total(), unstated


def test_each_answer_is_of_a_question_and_names_its_points() -> None:
    for answer in ANSWERS:
        known = items()[answer["item"]].point_by_id
        assert {*answer["states"], *answer.get("arguable", [])} <= known.keys(), answer["item"]
        assert not set(answer["states"]) & set(answer.get("arguable", [])), answer["item"]
