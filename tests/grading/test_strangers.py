"""Answers in words that no author of the bank chose: most of what they state is seen, little of what they do not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from greenroom.bank.findings import State
from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.grading.encoder import MiniLM
from greenroom.grading.service import Grader

ANSWERS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("strangers.yaml").read_text(encoding="utf-8"))


def test_strangers_are_mostly_understood_and_seldom_credited_for_nothing() -> None:
    """The bounds leave room: the file has some hundred points, and a model that is fitted anew moves a few of them."""
    items = {item.slug: item for item in load_pack(core_pack_folder()).items}
    grader = Grader(MiniLM())
    stated, unstated = Counter[State](), Counter[State]()
    for answer in ANSWERS:
        for found in grader.grade(items[answer["item"]], answer["text"]):
            (stated if found.point in answer["states"] else unstated)[found.state] += 1
    assert stated.total() >= 50
    assert unstated.total() >= 50
    assert stated[State.present] >= 0.55 * stated.total(), stated
    assert stated[State.present] + stated[State.unsure] >= 0.75 * stated.total(), stated
    assert unstated[State.present] <= 0.1 * unstated.total(), unstated
