"""Answers to the same question that are the same, or nearly: pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import Any

from greenroom.grading.words import normalise

NEAR = 0.9
"""Two answers are near duplicates when so much of their trigrams of characters is shared (Jaccard)."""


def plain(text: str) -> str:
    """*text* without what does not tell answers apart: case, space, characters that cannot be seen."""
    return " ".join(normalise(text).split())


def trigrams(text: str) -> frozenset[str]:
    """The trigrams of characters of *text* as `plain` writes it."""
    padded = f"  {plain(text)}  "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def near_pairs(texts: Sequence[str], *, threshold: float = NEAR) -> Iterator[tuple[int, int]]:
    """Every pair of *texts* that are near duplicates.

    Two sets that share so much share one of their few rarest members (prefix filtering, Chaudhuri et al. 2006): only
    those that do are compared.
    """
    sets = [trigrams(text) for text in texts]
    known: dict[str, list[int]] = defaultdict(list)
    for number, rare in enumerate(_rarest_first(sets)):
        own = sets[number]
        kept = rare[: len(rare) - ceil(threshold * len(rare)) + 1]
        for other in {one for gram in kept for one in known[gram]}:
            if _alike(own, sets[other], threshold):
                yield other, number
        for gram in kept:
            known[gram].append(number)


def _rarest_first(sets: Iterable[frozenset[str]]) -> list[list[str]]:
    many: Counter[Any] = Counter(gram for one in sets for gram in one)
    return [sorted(one, key=lambda gram: (many[gram], gram)) for one in sets]


def _alike(left: frozenset[str], right: frozenset[str], threshold: float) -> bool:
    shared = len(left & right)
    return shared >= threshold * (len(left) + len(right) - shared)
