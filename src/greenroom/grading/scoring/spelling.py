"""Typing errors in an answer, mended towards the words of its question and its references.

Only a word that the encoder's vocabulary does not hold is changed, and only to a word of the question or a reference
that is one slip away, or two in words of eight letters or more (Damerau 1964: a letter too many, too few, another one,
or two neighbours swapped). So what is spelt right stays as it is, and no answer is given a word from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from greenroom.grading.tokens import Vocabulary
from greenroom.grading.words import words

_WORD = re.compile(r"[A-Za-z]{4,}")
_LONG = 8
_MOST_WORDS = 2_000


def known_words(texts: Iterable[str]) -> frozenset[str]:
    """The words of *texts* that something may be mended to."""
    return frozenset(word for text in texts for word in words(text) if word.isalpha() and len(word) >= 4)


def mended(text: str, known: frozenset[str], vocabulary: Vocabulary) -> str:
    """*text* with its typing errors mended towards *known*; the same text when there are none."""
    if len(text) > 10 * _MOST_WORDS:
        return text

    def mend(match: re.Match[str]) -> str:
        word = match.group(0).lower()
        if word in known or vocabulary.rank(word) is not None:
            return match.group(0)
        return _nearest(word, known) or match.group(0)

    return _WORD.sub(mend, text)


@lru_cache(maxsize=20_000)
def _nearest(word: str, known: frozenset[str]) -> str:
    most = 2 if len(word) >= _LONG else 1
    near = [(slips(word, one, most), one) for one in known if abs(len(one) - len(word)) <= most and one[0] == word[0]]
    count, best = min(near, default=(most + 1, ""))
    return best if count <= most else ""


def slips(word: str, other: str, most: int) -> int:
    """How many slips lie between two words (optimal string alignment); more than *most* counts as one more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, left in enumerate(word, 1):
        after = [at]
        for place, right in enumerate(other, 1):
            cost = min(row[place] + 1, after[-1] + 1, row[place - 1] + (left != right))
            if at > 1 and place > 1 and left == other[place - 2] and word[at - 2] == right:
                cost = min(cost, before[place - 2] + 1)
            after.append(cost)
        before, row = row, after
        if min(row) > most:
            return most + 1
    return row[-1]
