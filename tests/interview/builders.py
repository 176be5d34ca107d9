"""Rounds and interviews in memory, for the pure rules."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from greenroom.bank.findings import Finding, State
from greenroom.bank.models import Difficulty, Hint, Item, ItemHead, Kind, Topic
from greenroom.bank.rubric import Point
from greenroom.interview.rules import Round, Submission

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def make_item(
    slug: str, *, topic: Topic = Topic.jwt, minutes: int = 6, b: float = 0.0, points: tuple[float, ...] = (2, 1, 3)
) -> Item:
    rubric = [
        Point.model_validate(
            {
                "id": f"p{number}",
                "points": worth,
                "title": f"Point {number}",
                "claim": f"Claim number {number} of {slug}",
                "follow_up": {"ask": f"What about number {number}?"},
            }
        )
        for number, worth in enumerate(points, 1)
    ]
    head = ItemHead.model_validate(
        {
            "uuid": uuid4(),
            "version": 1,
            "title": f"Item {slug}",
            "kind": Kind.concept,
            "tags": ["tag"],
            "minutes": minutes,
            "difficulty": Difficulty(b=b),
            "rubric": rubric,
        }
    )
    return Item(
        slug=slug,
        topic=topic,
        pack="test",
        folder=Path("/nowhere"),
        head=head,
        prompt="?",
        hints=(Hint(text="a", cost=0.05), Hint(text="b", cost=0.15)),
        debrief="d",
        interviewer="i",
    )


def finding(point: str, state: State, *, of: float = 1.0, earned: float | None = None) -> Finding:
    share = earned if earned is not None else float(state in (State.present, State.met))
    return Finding(
        point=point, earned=share, of=of, confidence=0.8, state=state, evidence={"quote": f"words on {point}"}
    )


def findings_for(item: Item, states: dict[str, State]) -> tuple[Finding, ...]:
    return tuple(finding(point.id, states[point.id], of=point.points) for point in item.head.rubric)


def make_submission(findings: tuple[Finding, ...] = (), **changes: Any) -> Submission:
    values: dict[str, Any] = {
        "id": uuid4().hex,
        "round_id": "r",
        "sort": "answer",
        "point": None,
        "text": "an answer",
        "created_at": START,
        "late_s": 0.0,
        "state": "done",
        "attempts": 1,
        "verdict": None,
        "result": {"findings": [one.model_dump(mode="json") for one in findings]},
    }
    return Submission(**(values | changes))


def make_round(**changes: Any) -> Round:
    values: dict[str, Any] = {
        "id": "r",
        "interview_id": "i",
        "position": 0,
        "item": "x",
        "item_version": 1,
        "title": "X",
        "topic": "jwt",
        "kind": "concept",
        "limit_s": 360,
        "spent_s": 0.0,
        "running_since": None,
        "seen_at": None,
        "away_s": 0.0,
        "opened_at": START,
        "closed_at": None,
        "done_at": None,
        "skipped": False,
        "hints_used": 0,
        "self_judgements": {},
        "follow_ups": None,
        "draft": "",
        "draft_revision": 0,
        "draft_tab": None,
        "draft_at": None,
    }
    return Round(**(values | changes))
