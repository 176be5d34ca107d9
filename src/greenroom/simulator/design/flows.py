"""Flows as arrow text: `edge > api 0.8ms > feats ?miss fdb > (model | rules) > api 0.7ms`.

flow   part > part > ...          one after the other
part   node [read|write] [0.8ms] [x3] [?miss part]
       ?10% part                  taken by so many
       (flow | flow)              beside each other, and joined
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MOST_CHARACTERS = 2_000
MOST_TIMES = 50
_DEEPEST = 12
_TOKEN = re.compile(
    r"\s*(?:(?P<sign>[>()|])|(?P<miss>\?miss\b)|\?(?P<chance>\d+(?:\.\d+)?)%"
    r"|(?P<time>\d+(?:\.\d+)?)(?P<unit>us|ms|s)\b|x(?P<times>\d+)\b|(?P<name>[A-Za-z][A-Za-z0-9_-]*))"
)
_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0}

Verb = Literal["read", "write"]


class FlowError(ValueError):
    """The text is no flow; the message says what is expected where."""


@dataclass(frozen=True)
class Visit:
    """A node is asked *times* times, one after the other, *ms* of work each; *miss* is what a cache's miss costs."""

    node: str
    verb: Verb = "read"
    ms: float | None = None
    times: int = 1
    miss: Flow = ()


@dataclass(frozen=True)
class Maybe:
    """*body* is walked by a part of the requests, *chance* (0 to 1)."""

    chance: float
    body: Flow


@dataclass(frozen=True)
class Beside:
    """*branches* are walked at the same time; the walk goes on when all have ended."""

    branches: tuple[Flow, ...]


Part = Visit | Maybe | Beside
Flow = tuple[Part, ...]


def parse(text: str) -> Flow:
    """The flow that *text* is; raises FlowError."""
    if len(text) > MOST_CHARACTERS:
        raise FlowError(f"longer than {MOST_CHARACTERS} characters")
    parser = _Parser(_tokens(text))
    found = parser.flow(0)
    if parser.peek() is not None:
        raise FlowError(f"`{parser.shown()}` is not expected there")
    return found


def visits(flow: Flow) -> Iterator[Visit]:
    """Every visit in *flow*, in the order of the text."""
    for part in flow:
        if isinstance(part, Visit):
            yield part
            yield from visits(part.miss)
        elif isinstance(part, Maybe):
            yield from visits(part.body)
        else:
            for branch in part.branches:
                yield from visits(branch)


def _tokens(text: str) -> list[re.Match[str]]:
    found, place, text = [], 0, text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise FlowError(f"`{text[place:].strip()[:16]}` is not a node, `>`, a time like 0.8ms, x3, ?miss or ?10%")
        found.append(match)
        place = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[re.Match[str]]) -> None:
        self.tokens, self.place = tokens, 0

    def peek(self) -> re.Match[str] | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def shown(self) -> str:
        token = self.peek()
        return token.group().strip() if token else "the end"

    def at(self, group: str, text: str | None = None) -> bool:
        token = self.peek()
        return token is not None and token[group] is not None and text in (None, token[group])

    def take(self, group: str) -> str:
        found = self.tokens[self.place][group]
        self.place += 1
        return str(found)

    def flow(self, depth: int) -> Flow:
        if depth > _DEEPEST:
            raise FlowError(f"nested deeper than {_DEEPEST}")
        parts = [*self.part(depth)]
        while self.at("sign", ">"):
            self.place += 1
            parts.extend(self.part(depth))
        return tuple(parts)

    def part(self, depth: int) -> Flow:
        if self.at("sign", "("):
            return self.group(depth)
        if self.at("chance"):
            chance = float(self.take("chance")) / 100
            if not 0 < chance <= 1:
                raise FlowError("a chance is more than 0% and at most 100%")
            return (Maybe(chance, self.part(depth + 1)),)
        if self.at("name"):
            return (self.visit(depth),)
        raise FlowError(f"a node is expected, and found is `{self.shown()}`")

    def group(self, depth: int) -> Flow:
        self.place += 1
        branches = [self.flow(depth + 1)]
        while self.at("sign", "|"):
            self.place += 1
            branches.append(self.flow(depth + 1))
        if not self.at("sign", ")"):
            raise FlowError(f"`)` is expected, and found is `{self.shown()}`")
        self.place += 1
        return branches[0] if len(branches) == 1 else (Beside(tuple(branches)),)

    def visit(self, depth: int) -> Visit:
        node, verb, ms, times = self.take("name"), "read", None, 1
        if self.at("name", "read") or self.at("name", "write"):
            verb = self.take("name")
        if self.at("time"):
            unit = self.tokens[self.place]["unit"]
            ms = float(self.take("time")) * _MS[unit]
        if self.at("times"):
            times = int(self.take("times")[:6])
            if not 1 <= times <= MOST_TIMES:
                raise FlowError(f"`x{times}`: a node is asked 1 to {MOST_TIMES} times in a row")
        miss: Flow = ()
        if self.at("miss"):
            self.place += 1
            miss = self.part(depth + 1)
        return Visit(node, "write" if verb == "write" else "read", ms, times, miss)
