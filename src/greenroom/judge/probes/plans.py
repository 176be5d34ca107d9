"""How SQLite executes a statement, by its EXPLAIN QUERY PLAN, and the same in words for a finding.

A plan says which index is used and what is sorted, not how many rows are read. That is counted in steps
(`Statement.steps`, `Answer.steps`): SQLite has a counter of rows that it visits in a full scan, but Python's `sqlite3`
does not give it. A row that is visited takes some 3 to 20 instructions, so the steps of a statement bound its rows from
above, and unlike a time they are the same on every machine with the same version of SQLite.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_VISIT = re.compile(
    r"(?P<how>SCAN|SEARCH) (?P<what>\S+|\(subquery-\d+\))"
    r"(?: USING (?:(?P<key>INTEGER PRIMARY KEY)|"
    r"(?P<auto>AUTOMATIC )?(?:PARTIAL )?(?P<covering>COVERING )?INDEX(?: (?P<index>\w+))?))?"
    r"(?: \((?P<terms>.*)\))?(?P<left> LEFT-JOIN)?"
)
_SORT = re.compile(r"USE TEMP B-TREE FOR (?P<part>(?:RIGHT PART|LAST (?:\d+ )?TERMS?) OF )?(?P<for>.+)")


@dataclass(frozen=True)
class Plan:
    """SQLite's plan of one statement: its lines, as EXPLAIN QUERY PLAN gives them, and how deep each lies."""

    lines: tuple[str, ...]
    depths: tuple[int, ...] = ()

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]]) -> Plan:
        """The plan that EXPLAIN QUERY PLAN's *rows* (id, parent, unused, detail) tell."""
        depth = {0: -1}
        for number, parent, *_ in rows:
            depth[number] = depth.get(parent, -1) + 1
        return cls(tuple(str(row[3]) for row in rows), tuple(depth[row[0]] for row in rows))

    def scans(self, table: str) -> bool:
        """Whether all rows of *table* are read, by itself or by an index that narrows nothing."""
        return any(line.split()[:2] == ["SCAN", table] for line in self.lines)

    @property
    def sorts(self) -> bool:
        """Whether rows are sorted after they were read, because no index gives them in order."""
        return any("TEMP B-TREE" in line for line in self.lines)

    def uses(self, index: str) -> bool:
        """Whether *index* is used."""
        return any(f"INDEX {index}" in line for line in self.lines)

    @property
    def told(self) -> str:
        """It in words, a line for each step: "finds rows of orders by the index by_shop (shop=? AND day>?)"."""
        depths = self.depths or (0,) * len(self.lines)
        return "\n".join("  " * depth + _worded(line) for line, depth in zip(self.lines, depths, strict=True))


def _worded(line: str) -> str:
    if (found := _VISIT.fullmatch(line)) is not None:
        return _visit(found)
    if (found := _SORT.fullmatch(line)) is not None:
        part = "the rest of " if found["part"] else ""
        return f"sorts what was read for {part}{found['for']}"
    return line.lower() if line.isupper() else line


def _visit(found: re.Match[str]) -> str:
    what, terms = found["what"], f" ({found['terms']})" if found["terms"] else ""
    made = " that it builds for this statement alone" if found["auto"] else ""
    index = f"the index {found['index']}" if found["index"] else "an index"
    if found["how"] == "SCAN":
        if not (found["index"] or found["auto"]):
            return f"reads every row of {what}"
        visits = "" if found["covering"] else f", and its row of {what}"
        return f"reads every entry of {index}{made}{visits}"
    if " USING " not in found[0]:
        return f"finds the first or the last row of {what}"
    if found["key"]:
        return f"finds rows of {what} by their key{terms}"
    if found["covering"]:
        return f"finds entries of {index}{made}{terms}, and needs no row of {what}"
    return f"finds rows of {what} by {index}{made}{terms}"
