"""Whether the words of a sentence stand in an order that says something."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from greenroom.grading.words import ARTICLES, words

_FEWEST_WORDS = 5
_SAME_WORDS = 0.8
_TURNED, _TURNED_FEWEST = 0.4, 3
_SCRAMBLED = 0.3
_AUXILIARIES = "is are was were be been being has have had can could will would should must may might does do did"
_PREPOSITIONS = "of to for from with without in on at by into upon during"
_CONJUNCTIONS = "if because so then when while which who there not"
_NEVER: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ARTICLES,
        frozenset(
            f"the a an every each its their our my your and or but as that this these it they we he she you where than "
            f"{_AUXILIARIES} {_PREPOSITIONS} {_CONJUNCTIONS}".split()
        )
        | {""},
    ),
    **dict.fromkeys(
        ["of", "for", "from", "with", "without", "at", "by", "into", "during"],
        frozenset(f"of for at by but {_AUXILIARIES} because so then ".split()) - {"being", "have"},
    ),
    **dict.fromkeys(
        ["can", "cannot", "could", "will", "would", "should", "must", "may", "might"],
        frozenset(
            "the a an every each of to for from with in on at by and or but is are was were been has had".split()
        ),
    ),
}
"""What never stands behind articles (where the end does not, either), prepositions and modal verbs."""


def same_words_in_disorder(spoken: Sequence[str], phrasing: Sequence[str], order: float) -> bool:
    """Whether nearly all words of the phrasing are there, and hardly any two of them side by side as they were.

    Or whether many words stand behind each other that stood before each other: nobody answers backwards.
    """
    spoken, phrasing = _without_signs(spoken), _without_signs(phrasing)
    pairs, ours = set(pairwise(phrasing)), set(pairwise(spoken))
    kept, turned = len(pairs & ours), len(pairs & {(two, one) for one, two in ours})
    if turned >= _TURNED_FEWEST and turned >= _TURNED * len(ours) and turned > kept:
        return True
    if len(phrasing) < _FEWEST_WORDS or len(set(phrasing) & set(spoken)) < _SAME_WORDS * len(set(phrasing)):
        return False
    return kept < order * len(pairs)


def _without_signs(spoken: Sequence[str]) -> Sequence[str]:
    return [word for word in spoken if word[0].isalnum()]


def is_scrambled(sentence: str) -> bool:
    """Whether the words stand in no order that English has: small words before words that never follow them."""
    spoken = words(sentence)
    after = [(word, following) for word, following in zip(spoken, [*spoken[1:], ""], strict=False) if word in _NEVER]
    broken = sum(following in _NEVER[word] for word, following in after)
    doubled = sum(one == two for one, two in pairwise(spoken) if one.isalpha())
    return (broken >= 2 and broken >= _SCRAMBLED * len(after)) or doubled >= 3
