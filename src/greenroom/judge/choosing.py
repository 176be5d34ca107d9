"""The languages in which an item can be answered on this host."""

from __future__ import annotations

from dataclasses import dataclass

from greenroom.bank.models import Item
from greenroom.judge import languages


@dataclass(frozen=True)
class Choice:
    """A language to answer in. *starter* is what stands in the editor at first."""

    name: languages.Name
    title: str
    starter: str


def choices(item: Item) -> tuple[Choice, ...]:
    """The languages for *item*, Python first; none for an item that is not answered with code."""
    if item.head.code is None:
        return ()
    python = Choice("python", languages.TITLES["python"], item.starter.get("solution.py", ""))
    if item.head.code.form == "function":
        return (python,)
    return python, *(Choice(found.name, found.title, "") for found in languages.available())
