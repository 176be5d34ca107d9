"""When to train a new model, and when to put it into service."""

from typing import Any

WEEK = 7


def begin() -> None:
    """Start anew, with a model in service that has just been trained."""


def decide(report: dict[str, Any]) -> list[str]:
    """Return what is to be done tonight: "train", "promote", both or nothing."""
    todo = []
    if report["challenger"] is not None:
        todo.append("promote")
    if report["day"] % WEEK == WEEK - 1:
        todo.append("train")
    return todo
