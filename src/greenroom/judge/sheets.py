"""The answer sheet of an item: its cases with what is expected of each, as bytes, once an examiner has made them all.

With it a right answer is recognised by comparing bytes, and no process of the examiner is needed. Whatever differs
from the sheet is the examiner's to judge: bytes that differ may still be equal values.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from greenroom.judge.examining import Examination


@dataclass(frozen=True)
class Row:
    """One case: its *head* as an examiner hands it out, the question, and the right answer where it is one of bytes.

    *shown* is the answer for a person, where the case is visible.
    """

    head: dict[str, Any]
    question: bytes
    answer: bytes | None
    shown: str | None


def rows_of(described: int, body: bytes) -> tuple[Row, ...]:
    """The rows in an examiner's frame, whose first *described* bytes say what follows. Raises ValueError."""
    rows, at = [], described
    for one in json.loads(body[:described]):
        question = body[at : at + one["question"]]
        at += one["question"]
        answer = body[at : at + one["answer"]] if one["answer"] is not None else None
        at += one["answer"] or 0
        rows.append(Row(one["head"], question, answer, one["shown"]))
    if at != len(body):
        raise ValueError("a sheet whose sizes do not add up")
    return tuple(rows)


class Sheet:
    """One run's way through the rows. *examiner* opens a session for what they cannot tell; *close* ends the run."""

    def __init__(
        self,
        rows: tuple[Row, ...],
        examiner: Callable[[], Examination],
        close: Callable[[], None],
        *,
        visible_only: bool,
    ) -> None:
        self._rows = rows
        self._examiner = examiner
        self._close = close
        self._visible_only = visible_only
        self._asked: Examination | None = None
        self._at = 0

    def ask(self) -> None:
        """Nothing: the next case is there."""

    def case(self, _on_tick: Callable[[], None]) -> tuple[dict[str, Any], bytes] | None:
        """The next case; None after the last."""
        while self._at < len(self._rows):
            row = self._rows[self._at]
            self._at += 1
            if row.head["visible"] or not self._visible_only:
                return row.head, row.question
        return None

    def judge(self, index: int, answer: bytes | None, on_tick: Callable[[], None]) -> dict[str, Any]:
        """What is to be said of *answer*; None where there is none and only what is expected matters."""
        row = self._rows[index]
        if answer is not None and answer == row.answer:
            return {"ok": True} | ({"actual": row.shown, "expected": row.shown} if row.shown is not None else {})
        if self._asked is None:
            self._asked = self._examiner()
        return self._asked.judge(index, answer, on_tick)

    def rest(self, _on_tick: Callable[[], None]) -> Counter[str]:
        """How many cases of each group were not asked for."""
        return Counter(str(row.head["group"]) for row in self._rows[self._at :])

    def close(self) -> None:
        """The run has ended."""
        if self._asked is not None:
            self._asked.close()
        self._close()
