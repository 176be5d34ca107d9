"""Features of words alone, for linear models: what an answer shares with a point's claim and with its mistakes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from greenroom.bank.rubric import Phrasings
from greenroom.grading.registry.protocols import Floats, Row
from greenroom.grading.words import content, negation_count, trigrams, words


class Overlaps:
    """Recall and precision of content words and of character trigrams, the lead over mistakes, negation, and length."""

    name = "overlaps-1"
    names = ("recall", "precision", "new", "trigrams", "mistakes", "lead", "negated", "length")

    def __call__(self, rows: Sequence[Row]) -> Floats:
        """One line of features for each row."""
        return np.array([_line(row) for row in rows], dtype=float).reshape(len(rows), len(self.names))


def _phrasings(row: Row) -> Phrasings:
    found = row.point.follow_up_phrasings if row.question else row.point.phrasings
    assert found is not None
    return found


def _line(row: Row) -> tuple[float, ...]:
    phrasings, said = _phrasings(row), content(row.answer)
    wanted = content(phrasings.claim)
    prompt = content(f"{row.item.title}\n{row.item.prompt}\n{row.question}")
    good = max(_likeness(row.answer, one) for one in (phrasings.claim, *phrasings.accepts))
    bad = max((_likeness(row.answer, one) for one in phrasings.rejects), default=0.0)
    turned = negation_count(row.answer) % 2 != negation_count(phrasings.claim) % 2
    return (
        len(said & wanted) / max(len(wanted), 1),
        len(said & wanted) / max(len(said), 1),
        len(said & (wanted - prompt)) / max(len(wanted - prompt), 1),
        good,
        bad,
        good - bad,
        float(turned),
        min(len(words(row.answer)), 200) / 200,
    )


def _likeness(text: str, phrase: str) -> float:
    left, right = trigrams(text), trigrams(phrase)
    return len(left & right) / ((len(left) * len(right)) ** 0.5) if left and right else 0.0
