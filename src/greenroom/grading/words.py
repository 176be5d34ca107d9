"""Words, their stems and what they do: function words, negations, content."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

_WORD = re.compile(r"[a-z0-9_]+(?:['’][a-z]+)?|[+\-/<>=]=?")

FUNCTION_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between both but by
    can could did do does doing down during each else even ever every few first for from further get gets give given
    gives had has have having he her here him his how i if in into is it its itself just let like made make makes many
    may me might more most much must my need needs no nor not now of off on once one only onto or other our out over own
    per rather same she should since so some still such than that the their them then there these they this those
    through thus to too two under until up upon us use used uses using very via was way we well were what when where
    whereas whether which while who whose why will with within without would yet you your""".split()
)

NEGATIONS = frozenset(
    """no not never none nothing nobody neither nor without cannot can't don't doesn't didn't isn't aren't wasn't weren't
    won't wouldn't shouldn't couldn't hasn't haven't hadn't mustn't needn't hardly barely lacks lacking false wrong untrue
    incorrect instead""".split()
)

ARTICLES = frozenset(["the", "a", "an", "every", "each", "its", "their", "our", "my", "your"])
"""And what stands where they do."""

OPPOSITES = tuple(
    (left, right)
    for left, _, right in (
        pair.partition("/")
        for pair in """more/less more/fewer before/after increase/decrease increases/decreases first/last always/never
    faster/slower fast/slow high/low higher/lower large/small larger/smaller big/small same/different valid/invalid
    with/without read/write reads/writes allow/forbid inside/outside long/short longer/shorter early/late public/private
    all/none every/no only/also many/one safe/unsafe sync/async synchronous/asynchronous stateless/stateful client/server
    rise/fall up/down top/bottom cheap/expensive better/worse overfit/underfit overfitting/underfitting bias/variance
    precision/recall train/test training/serving success/failure encrypted/encoded""".split()
    )
)

_SUFFIXES = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "ly", "s", "e")


def normalise(text: str) -> str:
    """NFKC without format characters (zero-width joiners and the like), lower case, straight apostrophes."""
    if text.isascii():  # which has neither other forms nor format characters
        return text.replace("`", "").lower()
    folded = unicodedata.normalize("NFKC", text).replace("’", "'").replace("`", "")
    return "".join(char for char in folded if unicodedata.category(char) != "Cf").lower()


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[str, ...]:
    """The words of *text*, lower case, without punctuation."""
    return tuple(_WORD.findall(normalise(text)))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The word without its most common English endings: crude, but alike for alike words."""
    word = word.removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word.removesuffix(suffix)
    return word


@lru_cache(maxsize=20_000)
def content(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning (no function words, no negations)."""
    return frozenset(
        stem(word) for word in words(text) if word not in FUNCTION_WORDS and word not in NEGATIONS and len(word) > 1
    )


@lru_cache(maxsize=20_000)
def negation_count(text: str) -> int:
    """How many negations stand in *text*."""
    return negations(words(text))


def negations(spoken: Iterable[str]) -> int:
    """How many of the words *spoken* are negations."""
    return sum(word in NEGATIONS or word.endswith("n't") for word in spoken)


def with_meaning(spoken: Iterable[str]) -> list[str]:
    """Those of the words *spoken* that are neither function words nor negations."""
    return [word for word in spoken if word not in FUNCTION_WORDS and word not in NEGATIONS]


@lru_cache(maxsize=20_000)
def trigrams(text: str) -> frozenset[str]:
    """Three-character pieces of the normalised text, for likeness in spite of endings and typing errors."""
    plain = f" {' '.join(words(text))} "
    return frozenset(plain[at : at + 3] for at in range(len(plain) - 2))


@lru_cache(maxsize=20_000)
def bigrams(text: str) -> frozenset[tuple[str, str]]:
    """Neighbouring content stems in their order: `wsgi → asgi` is another pair than `asgi → wsgi`."""
    stems = [stem(word) for word in words(text) if word not in FUNCTION_WORDS]
    return frozenset(pairwise(stems))


def function_ratio(text: str) -> float:
    """The share of function words, 0..1: about 0.4 in sentences, near 0 in a list of keywords."""
    found = words(text)
    return sum(word in FUNCTION_WORDS or word in NEGATIONS for word in found) / len(found) if found else 0.0
