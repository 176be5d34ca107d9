"""The languages in which an item can be answered on this host."""

from __future__ import annotations

from dataclasses import dataclass

from greenroom.bank.models import Item
from greenroom.judge import languages
from greenroom.judge.calling import drivers


@dataclass(frozen=True)
class Choice:
    """A language to answer in. *starter* is what stands in the editor at first."""

    name: languages.Name
    title: str
    starter: str


def can_be_in(language: languages.Name, item: Item) -> bool:
    """Whether *item* can be answered in *language*, where a host has it."""
    spec = item.head.code
    return spec is not None and (spec.form == "program" or language in drivers.languages_of(spec))


def choices(item: Item) -> tuple[Choice, ...]:
    """The languages for *item*, Python first; none for an item that is not answered with code."""
    if item.head.code is None:
        return ()
    python = Choice("python", languages.TITLES["python"], item.starter.get("solution.py", ""))
    found = languages.available()
    if item.head.code.form == "program":
        return python, *(Choice(one.name, one.title, "") for one in found)
    return python, *(
        Choice(one.name, one.title, drivers.starter(one.name, item.head.code))
        for one in found
        if can_be_in(one.name, item)
    )
