"""What was changed in a file, as the lines of a unified diff. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

_CONTEXT = 3


class Line(NamedTuple):
    """One line of a diff. `mark` is `-` (it went), `+` (it came), a blank (it stayed) or `…` (lines were left out)."""

    mark: str
    text: str


def changed_lines(before: str, after: str) -> list[Line]:
    """How *before* became *after*, with three lines around each change; nothing when they are the same."""
    old, new = before.splitlines(), after.splitlines()
    groups = list(SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_CONTEXT))
    return [line for number, group in enumerate(groups) for line in _group(group, old, new, first=number == 0)]


def _group(
    group: list[tuple[str, int, int, int, int]], old: list[str], new: list[str], *, first: bool
) -> Iterator[Line]:
    if not first or group[0][1] > 0:
        yield Line("…", "")
    for tag, old_from, old_to, new_from, new_to in group:
        if tag == "equal":
            yield from (Line(" ", text) for text in old[old_from:old_to])
            continue
        yield from (Line("-", text) for text in old[old_from:old_to])
        yield from (Line("+", text) for text in new[new_from:new_to])
