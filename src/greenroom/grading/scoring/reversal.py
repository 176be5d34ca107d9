"""What a reference would say if it said the opposite: made of its own words, for the encoder to compare with.

An answer that is nearer to the reversed reference than to the reference is likely to contradict it. Such rule-made
negations are what contrast sets are made of (Gardner et al. 2020); here only references are reversed, so it costs
little.
"""

from __future__ import annotations

import re

from greenroom.grading.antonyms import opposite
from greenroom.grading.words import NEGATIONS

KINDS = ("turned", "denied")
_PART = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|[^A-Za-z]+")
_AUXILIARIES = frozenset(
    "is are was were will would can could does do did has have had should must may might".split()  # noqa: SIM905
)
# On a scale, but mostly met in another meaning.
_KEPT = frozenset(
    """in into on up down front out over under set follow lots right left able remain still one free past present all
    every some only before after above below""".split()  # noqa: SIM905
)


def reversals(text: str) -> tuple[str, str]:
    """*text* with its words turned round (as it is when none has an opposite), and *text* denied."""
    return _turned(text), _denied(text)


def _turned(text: str) -> str:
    return "".join(_opposite(part) for part in _PART.findall(text))


def _opposite(part: str) -> str:
    word = part.lower()
    return part if word in _KEPT or word in NEGATIONS else opposite(word) or part


def _denied(text: str) -> str:
    """Without its first negation, else with one after its first auxiliary, else said to be untrue."""
    parts = _PART.findall(text)
    for at, part in enumerate(parts):
        word = part.lower()
        if word in ("not", "no", "cannot") or word.endswith("n't"):
            return "".join([*parts[:at], _affirmed(word), *parts[at + 1 :]])
    for at, part in enumerate(parts):
        if part.lower() in _AUXILIARIES:
            return "".join([*parts[: at + 1], " not", *parts[at + 1 :]])
    return f"It is not true that {text}"


def _affirmed(word: str) -> str:
    return {"not": "", "no": "a", "cannot": "can", "can't": "can", "won't": "will"}.get(word, word.removesuffix("n't"))
