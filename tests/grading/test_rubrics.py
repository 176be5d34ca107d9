"""A rubric beside marked answers: what is missed and what is let through stands first, and is counted."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer

from greenroom.bank.findings import Finding, State
from greenroom.bank.loader import load_item
from greenroom.bank.models import Item
from greenroom.cli.rubrics import rubric
from greenroom.grading.rubrics import Marked, declared, review
from greenroom.grading.service import Grader, Read


@pytest.fixture
def item(pack: Path) -> Item:
    return load_item(pack / "items/jwt/why-stateless", root=pack)


def test_what_is_wrong_stands_first_and_is_counted(item: Item) -> None:
    point = next(one for one in item.head.rubric if one.claim)
    read: list[str] = []

    def as_named(_: Item, answer: str) -> Sequence[Read]:
        """Finds the state that is the answer's first word."""
        read.append(answer)
        state = State(answer.split(maxsplit=1)[0])
        earned = 1.0 if state is State.present else 0.0
        found = Finding(point=point.id, earned=earned, of=1, confidence=0.8, state=state)
        return [Read(found, "a sentence", "a phrasing")]

    expected: list[tuple[str, str | float, str]] = [
        ("present a", "present", "agrees"),
        ("absent b", "absent", "agrees"),
        ("contradicted c", "absent", "otherwise"),
        ("present d", "absent|contradicted", "false"),
        ("absent e", 1.0, "missed"),
        ("unsure f", "present", "missed"),
        ("unsure g", "present|unsure", "agrees"),
        ("present h", 0.0, "false"),
    ]
    marked = [Marked(f"answer {number}", point.id, text, want) for number, (text, want, _) in enumerate(expected)]
    made = review(item, [*marked, Marked("twice", point.id, "present a", "present")], as_named)
    (one,) = [found for found in made.points if found.point == point.id]
    assert [row.verdict for row in one.rows] == ["missed"] * 2 + ["false"] * 2 + ["otherwise"] + ["agrees"] * 4
    assert {row.answer: row.verdict for row in one.rows} == {text: verdict for text, _, verdict in expected}
    assert (one.precision, one.recall) == (2 / 4, 2 / 4)  # of `present|unsure` neither is counted
    assert len(read) == made.answers == len(expected)
    assert {row.nearest for row in one.rows} == {"a phrasing"}


def test_declared_answers_come_with_the_sentence_and_the_phrasing_that_are_nearest(item: Item) -> None:
    made = review(item, declared(item), Grader().read)
    assert made.answers == len(item.submissions)
    rows = [row for point in made.points for row in point.rows]
    assert rows
    assert any(row.sentence and row.nearest and row.found == "absent" for row in rows)
    phrases = {
        phrase for point in item.head.rubric if (said := point.phrasings) for phrase in (said.claim, *said.accepts)
    }
    assert all(row.sentence in row.answer.replace("\n", " ") or row.sentence in row.answer for row in rows)
    assert {row.nearest for row in rows} - {""} <= phrases


def test_the_command_prints_the_same(pack: Path, item: Item, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with contextlib.suppress(typer.Exit):
        rubric(item.slug, pack=pack, as_json=True)
    told = json.loads(capfdbinary.readouterr().out)
    assert (told["item"], told["answers"]) == (item.slug, len(item.submissions))
    assert [one["point"] for one in told["points"]] == [point.id for point in item.head.rubric if point.claim]
    assert set(told["points"][0]["counts"]) == {"missed", "false", "otherwise", "agrees"}
