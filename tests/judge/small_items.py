"""Items small enough to read in a test: only what the judge looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any
from uuid import UUID

import yaml

from greenroom.bank.models import Difficulty, Item, ItemHead, Kind, Topic
from greenroom.bank.rubric import FollowUp, Measure, Point
from greenroom.bank.specs import CodeSpec, Limits

FOLLOW_UP = FollowUp(ask="What would you change?", claim="Something would be changed.")


def point(name: str, *, points: float = 1, **measure: Any) -> Point:
    """A rubric point that measures the group of its own name unless told otherwise."""
    measured = Measure(**measure) if measure else Measure(cases=(name,))
    return Point(id=name, points=points, title=f"Point {name}", measure=measured, follow_up=FOLLOW_UP)


def small_item(
    folder: Path,
    *,
    code: CodeSpec,
    cases: Sequence[Mapping[str, Any]] = (),
    files: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    rubric: Sequence[Point] | None = None,
) -> Item:
    """An item in *folder* with *cases* as its cases.yaml and *files* beside it; one point for each group by default."""
    judge = folder / "judge"
    judge.mkdir(parents=True)
    if cases:
        (judge / "cases.yaml").write_text(yaml.safe_dump([dict(case) for case in cases]), encoding="utf-8")
    for name, text in (files or {}).items():
        (judge / name).write_text(dedent(text), encoding="utf-8")
    groups = dict.fromkeys(str(case["group"]) for case in cases) or {"basic": None}
    head = ItemHead(
        uuid=UUID(int=7),
        version=1,
        title="A small item",
        kind=Kind.code,
        tags=("a-tag",),
        minutes=5,
        difficulty=Difficulty(b=0),
        limits=limits or Limits(cpu_s=1, wall_s=30, memory_mb=128, processes=8, output_kb=64, disk_mb=4),
        code=code,
        rubric=tuple(rubric or [point(group) for group in groups]),
    )
    return Item(
        slug=folder.name,
        topic=Topic.dsa,
        pack="tests",
        folder=folder,
        head=head,
        prompt="Do it.",
        hints=(),
        debrief="Done.",
        interviewer="Ask.",
    )


def function(entry: str = "solve", returns: str = "int", compare: str = "exact", **parameters: str) -> CodeSpec:
    """A function's spec; *parameters* are names and types."""
    listed = [{"name": name, "type": kind} for name, kind in (parameters or {"n": "int"}).items()]
    return CodeSpec.model_validate(
        {"form": "function", "entry": entry, "parameters": listed, "returns": returns, "compare": compare}
    )


def program(compare: str = "tokens") -> CodeSpec:
    """A program's spec."""
    return CodeSpec.model_validate({"form": "program", "compare": compare})


DOUBLE_CASES = (
    {"name": "two", "group": "basic", "visible": True, "args": [2], "expect": 4},
    {"name": "nothing", "group": "basic", "args": [0], "expect": 0},
    {"name": "many", "group": "large", "args": [10**30], "expect": 2 * 10**30},
)


def double_item(folder: Path, **changes: Any) -> Item:
    """`solve(n)` returns 2 n; groups basic (one visible case) and large."""
    given: dict[str, Any] = {"code": function(), "cases": DOUBLE_CASES, **changes}
    return small_item(folder, **given)
