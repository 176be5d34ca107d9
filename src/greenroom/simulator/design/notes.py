"""A document that is read part by part; what is wrong with it is noted, and told together in the end."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Any

from greenroom.bank.source import Document, Location, Problem
from greenroom.simulator.design.errors import DesignError

MOST_PROBLEMS = 25


class Notes:
    """The problems of *document*, called *shown* in messages."""

    def __init__(self, document: Document, shown: str) -> None:
        self.document, self.shown = document, shown
        self.problems: list[Problem] = []

    def wrong(self, at: Location, message: str, mend: str) -> None:
        """Note that the part at *at* is wrong; so many problems at once are told as they are."""
        found = Problem(self.shown, message, mend, self.document.line_of(at))
        if found in self.problems:
            return
        self.problems.append(found)
        if len(self.problems) >= MOST_PROBLEMS:
            self.tell()

    def tell(self) -> None:
        """Raise DesignError if there is a problem, the first line first."""
        if self.problems:
            raise DesignError(sorted(self.problems, key=lambda one: one.line or 0))

    def mapping(self, value: Any, at: Location, what: str) -> dict[str, Any]:
        """*value*, if it is a mapping with words as keys; else it is noted, and there is nothing in it."""
        if value is None:
            return {}
        if isinstance(value, dict) and all(isinstance(name, str) for name in value):
            return value
        self.wrong(at, f"{what} is not a mapping", "write `name: value` lines under it")
        return {}

    def known(self, value: Mapping[str, Any], names: Iterable[str], at: Location, what: str) -> None:
        """Note the keys of *value* that are not among *names*."""
        allowed = list(names)
        for name in value:
            if name not in allowed:
                self.wrong((*at, name), f"{what} has no `{shortened(name)}`", meant(name, allowed))

    def number(self, value: Any, at: Location, what: str, low: float, high: float, *, whole: bool = False) -> float:
        """*value*, if it is a number from *low* to *high*; else it is noted, and *low* is taken."""
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or (isinstance(value, float) and math.isnan(value))
        ):
            self.wrong(
                at, f"{what} is {shortened(value)!r} and not a number", f"write a number from {low:g} to {high:g}"
            )
            return low
        if not low <= value <= high:
            self.wrong(at, f"{what} is {shortened(value)}", f"it can be {low:g} to {high:g}")
            return low
        if whole and value != int(value):
            self.wrong(at, f"{what} is {value} and not a whole number", f"write {math.ceil(value)}")
        return float(value)

    def word(self, value: Any, at: Location, what: str, choices: Iterable[str]) -> str:
        """*value*, if it is one of *choices*; else it is noted, and the first is taken."""
        allowed = list(choices)
        if isinstance(value, str) and value in allowed:
            return value
        self.wrong(at, f"{what} is `{shortened(value)}`", meant(str(value), allowed))
        return allowed[0]

    def text(self, value: Any, at: Location, what: str, most: int = 4_000) -> str:
        """*value*, if it is text of at most *most* characters."""
        if isinstance(value, str) and len(value) <= most:
            return value
        self.wrong(at, f"{what} is not a text of at most {most:,} characters", "write it in words")
        return ""


def shortened(value: Any) -> Any:
    """*value*, cut to what fits into a message."""
    text = str(value)
    return value if len(text) <= 40 else f"{text[:37]}..."


def meant(name: str, names: Iterable[str]) -> str:
    """A mend: the names that are nearest to *name*, or those that there are."""
    allowed = list(names)
    near = difflib.get_close_matches(name[:60].lower(), allowed, 1, 0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    if not allowed:
        return "there is none yet; declare it first"
    listed = ", ".join(allowed[:24])
    return f"there are: {listed}" + (" and more" if len(allowed) > 24 else "")
