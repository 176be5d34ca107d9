"""The syllabus: the statements that the bank must be able to examine, and how well it does."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from greenroom.bank.models import Item, Kind, Topic


class Statement(BaseModel):
    """One thing that an interview must be able to examine; `mind` is a correction or a limit to respect."""

    model_config = ConfigDict(frozen=True)

    id: str
    topic: Topic
    says: str
    mind: str | None = None


@cache
def syllabus() -> dict[str, Statement]:
    """All statements by id (`<topic>.<name>`), in the syllabus' order."""
    return {
        f"{topic}.{name}": Statement(id=f"{topic}.{name}", topic=Topic(topic), **body)
        for topic, section in _sections().items()
        for name, body in section["statements"].items()
    }


@cache
def topic_titles() -> dict[Topic, str]:
    """The eight topics' names for people."""
    return {Topic(topic): section["title"] for topic, section in _sections().items()}


@cache
def _sections() -> dict[str, Any]:
    """The file, as it is: a section for each topic."""
    found: dict[str, Any] = yaml.safe_load(
        files("greenroom").joinpath("data/syllabus.yaml").read_text(encoding="utf-8")
    )
    return found


def coverage(items: Iterable[Item]) -> dict[str, Any]:
    """Which statement is examined by which items: `{statements: [{id, items: [{slug, kind}]}], covered, total}`."""
    by_statement: dict[str, list[dict[str, str]]] = {statement: [] for statement in syllabus()}
    for item in items:
        for statement in item.head.covers:
            if statement in by_statement:
                by_statement[statement].append({"slug": item.slug, "kind": item.kind.value})
    rows = [{"id": statement, "items": found} for statement, found in by_statement.items()]
    return {"statements": rows, "covered": sum(bool(row["items"]) for row in rows), "total": len(rows)}


def coverage_matrix(report: dict[str, Any]) -> list[tuple[str, dict[Kind, int]]]:
    """The same as rows of a matrix: statement, then the number of items of each kind."""
    return [
        (row["id"], {kind: sum(item["kind"] == kind for item in row["items"]) for kind in Kind})
        for row in report["statements"]
    ]
