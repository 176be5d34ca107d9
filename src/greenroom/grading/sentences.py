"""Cutting an answer into sentences that are literally parts of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

MOST_SENTENCES = 120
LONGEST = 400
_BOUNDARY = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n+|;\s+")
_BULLET = re.compile(r"^\s*(?:[-*•+]|\d{1,2}[.)])\s+")
# Abbreviations whose full stop ends no sentence.
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|resp|approx|cf|no|fig)|\b[A-Z])\.$", re.IGNORECASE)
_CLAUSE = re.compile(r",\s+(?=(?:and|but|so|because|which|while|whereas|then)\s)|:\s+|\s[–—-]\s", re.IGNORECASE)
_FULL_LINE = 60
_MARK = 16
_ENDS = (".", "!", "?", ":", ";")
_WORDS_FOR_CLAUSES = 14
_SHORT_WORDS = 12


@dataclass(frozen=True)
class Window:
    """A stretch of the answer that is compared with phrasings: a sentence, a clause, or two sentences.

    `first` and `last` number the sentences it comes from; `whole` is their text.
    """

    text: str
    first: int
    last: int
    whole: str

    @property
    def is_single(self) -> bool:
        """Whether it comes from one sentence."""
        return self.first == self.last


def sentences(text: str) -> list[str]:
    """The sentences of *text* in order, each literally contained in it; at most 120, each at most 400 characters."""
    found: list[str] = []
    start = 0
    for mark in [*_BOUNDARY.finditer(text), None]:
        end = mark.start() if mark else len(text)
        piece = text[start:end]
        if mark and (_is_abbreviated(mark, piece) or _is_wrapped(mark, text)):
            continue
        start = mark.end() if mark else end
        piece = _BULLET.sub("", piece).strip()
        if piece:
            found.extend(piece[at : at + LONGEST] for at in range(0, len(piece), LONGEST))
        if len(found) >= MOST_SENTENCES:
            break
    return found[:MOST_SENTENCES]


def _is_abbreviated(mark: re.Match[str], piece: str) -> bool:
    return mark.group(0).strip(" ") == "" and bool(_ABBREVIATION.search(piece))


def _is_wrapped(mark: re.Match[str], text: str) -> bool:
    """Whether a line was only broken because it was full: it is long, ends no sentence, and no list goes on below."""
    if mark.group(0) != "\n":
        return False
    line = text[text.rfind("\n", 0, mark.start()) + 1 : mark.start()].rstrip()
    below = text[mark.end() : mark.end() + _MARK]
    return len(line) >= _FULL_LINE and not line.endswith(_ENDS) and not _BULLET.match(below)


def windows(parts: list[str]) -> list[Window]:
    """Every sentence, the clauses of long ones, and pairs of neighbours of which one is short."""
    made = [Window(part, number, number, part) for number, part in enumerate(parts)]
    for number, part in enumerate(parts):
        if len(part.split()) >= _WORDS_FOR_CLAUSES:
            clauses = [clause.strip() for clause in _CLAUSE.split(part)]
            made += [
                Window(clause, number, number, part)
                for clause in clauses
                if len(clause.split()) >= 4 and clause != part
            ]
    for number, (left, right) in enumerate(pairwise(parts)):
        if min(len(left.split()), len(right.split())) <= _SHORT_WORDS:
            both = f"{left} {right}"
            made.append(Window(both, number, number + 1, both))
    return made
