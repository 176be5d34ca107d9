"""Sentences that name a claim's words and state nothing, for training: a grader that never saw any takes them for it.

Two sorts: words set into the places of a sentence about anything, and words with small words drawn between them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from greenroom.grading.words import FUNCTION_WORDS, NEGATIONS, words

_FRAMES = (
    "It is important that the {} and the {} are used with {} because of {} and {}.",
    "This is about {}, {} and {}.",
    "You need {} and {} for the {} when there is {}.",
    "I would look at {} and {}, and then at {}.",
    "The {} has to do with {} and with {}.",
    "We talk about {} here, as well as {}, {} and {}.",
    "First comes {}, then {}, and in the end {}.",
    "With {} one gets {} from the {}.",
)
_SMALL = (
    "the", "a", "of", "with", "in", "is", "to", "for", "by", "and", "that",
    "which", "as", "on", "are", "be", "can", "it", "we", "when", "from",
)  # fmt: skip
_MOST_SMALL = 2


def stuffed(claims: Sequence[str], draw: random.Random) -> Iterator[str]:
    """Answers that name the words of *claims*: claim by claim, in order and in disorder, and all of them mixed."""
    told = [_named(claim) for claim in claims]
    mixed = [word for named in told for word in named]
    for put in (_framed, _glued):
        yield _answer(told, put, draw)
        yield _answer([_disordered(named, draw) for named in told], put, draw)
    yield _framed(_disordered(mixed, draw), draw)


def _named(claim: str) -> list[str]:
    small = FUNCTION_WORDS | NEGATIONS
    return list(dict.fromkeys(word for word in words(claim) if word not in small and word[0].isalnum()))


def _disordered(named: Sequence[str], draw: random.Random) -> list[str]:
    return draw.sample(named, len(named))


def _answer(
    told: Sequence[Sequence[str]], put: Callable[[Sequence[str], random.Random], str], draw: random.Random
) -> str:
    return " ".join(put(named, draw) for named in told if named)


def _framed(named: Sequence[str], draw: random.Random) -> str:
    made, left = [], list(named)
    while left:
        frame = draw.choice(_FRAMES)
        places = frame.count("{}")
        taken, left = left[:places], left[places:]
        taken += draw.choices(named, k=places - len(taken))
        made.append(_sentence(frame.format(*taken)))
    return " ".join(made)


def _glued(named: Sequence[str], draw: random.Random) -> str:
    drawn = [small for word in named for small in (*draw.sample(_SMALL, draw.randint(0, _MOST_SMALL)), word)]
    return _sentence(" ".join(drawn) + ".")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
