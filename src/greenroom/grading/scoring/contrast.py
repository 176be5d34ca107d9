"""Where an answer says the opposite of a reference: words turned round, negations, choices, roles, names, numbers.

Likeness cannot tell a contradiction from an agreement, since both speak of the same things. What tells them apart is
the few places where they differ (de Marneffe, Rafferty and Manning 2008: antonymy, polarity, numbers, structure).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from greenroom.grading.antonyms import opposed, places
from greenroom.grading.scoring import choices
from greenroom.grading.scoring.reading import Reading
from greenroom.grading.words import FUNCTION_WORDS, NEGATIONS, stem, words

NAMES = (
    "turned", "turned_net", "kept", "polarity_clash", "polarity_same", "choice_clash", "choice_same", "lead_same",
    "lead_other", "inverted", "crossed", "names_clash", "names_same", "number_clash", "number_same", "question_turned",
)  # fmt: skip
OVER_ALL = ("least_turned_net", "least_polarity_clash", "most_kept")
"""Over all references, whichever is the nearest."""

_REACH = 4
"""A negation reaches so many words, but not past a word that begins another clause."""
_CLAUSES = frozenset(["but", "because", "so", "while", "whereas", "however", "since", "and", "then"])
_NEAR = 6
_MOST_SHARED = 30
_MOST_WORDS = 600
"""What a text says beyond that many words is not compared here: the work grows with the product of both lengths."""
_MOST = 3.0


def features(answer: Reading, question: Reading, references: Sequence[Reading], nearest: int) -> tuple[float, ...]:
    """NAMES beside the *nearest* reference, and OVER_ALL."""
    every = [_scales(answer.text, one.text) | _polarity(answer, one.text) for one in references]
    reference = references[nearest]
    own = every[nearest] | choices.compare(answer.text, reference.text, question.text)
    own |= {
        "inverted": _inverted(answer.text, reference.text),
        "crossed": _crossed(answer.text, reference.text),
        "question_turned": float(_turned_question(answer.text, question.text)),
    }
    return (
        *(own[name] for name in NAMES),
        min(one["turned_net"] for one in every),
        min(one["polarity_clash"] for one in every),
        max(one["kept"] for one in every),
    )


@lru_cache(maxsize=20_000)
def negated(text: str) -> tuple[tuple[str, bool], ...]:
    """The words of *text*, with whether a negation of their clause stands at most four words before them."""
    found, left = [], 0
    for word in words(text)[:_MOST_WORDS]:
        if word in NEGATIONS or word.endswith("n't"):
            left = _REACH + 1
        elif word in _CLAUSES:
            left = 0
        found.append((word, 0 < left <= _REACH))
        left = max(left - 1, 0)
    return tuple(found)


@lru_cache(maxsize=20_000)
def _polar(text: str) -> tuple[tuple[int, str, bool], ...]:
    """The words that stand on a scale, with their place and whether they are negated."""
    return tuple((at, word, denied) for at, (word, denied) in enumerate(negated(text)) if places(word))


def _scales(answer: str, reference: str) -> dict[str, float]:
    """How many words of the reference stand in the answer as their opposite instead, and how many as they are.

    A negation turns an opposite back: `not closed` agrees with `open`, and counts against `turned_net`.
    """
    own, wanted = _polar(answer), _polar(reference)
    own_stems, wanted_stems = {stem(word) for _, word, _ in own}, {stem(word) for _, word, _ in wanted}
    turned = net = 0
    for _, word, denied in own:
        if stem(word) in wanted_stems:
            continue
        against = [no for _, other, no in wanted if stem(other) not in own_stems and opposed(word, other)]
        if against:
            turned += 1
            net += 1 if all(denied == no for no in against) else -1
    kept = sum(stem(word) in own_stems for _, word, _ in wanted)
    return {
        "turned": min(float(turned), _MOST),
        "turned_net": max(min(float(net), _MOST), -_MOST),
        "kept": kept / len(wanted) if wanted else 0.5,
    }


def _polarity(answer: Reading, reference: str) -> dict[str, float]:
    """How much of what both speak of is negated in one of them alone."""
    mine, theirs = _stems(answer.text), _stems(reference)
    weights = {one: answer.weights.get(one, 0.1) for one in mine.keys() & theirs.keys()}
    total = sum(weights.values())
    clash = sum(weight for one, weight in weights.items() if mine[one] != theirs[one])
    return {"polarity_clash": clash / total if total else 0.0, "polarity_same": min(total - clash, 5.0)}


@lru_cache(maxsize=20_000)
def _stems(text: str) -> Mapping[str, bool]:
    """Stems that carry meaning, with whether they are negated where they first stand."""
    found: dict[str, bool] = {}
    for word, denied in negated(text):
        if word not in NEGATIONS and (word not in FUNCTION_WORDS or places(word)):
            found.setdefault(stem(word), denied)
    return found


def _turned_question(answer: str, question: str) -> int:
    """How many words of the answer stand opposite to one of the question."""
    asked = [word for _, word, _ in _polar(question)]
    return sum(any(opposed(word, other) for other in asked) for _, word, _ in _polar(answer))


def _inverted(answer: str, reference: str) -> float:
    """The share of pairs of shared content words that stand in the other order (Kendall 1938)."""
    mine, theirs = _firsts(answer), _firsts(reference)
    shared = sorted(mine.keys() & theirs.keys(), key=mine.__getitem__)[:_MOST_SHARED]
    pairs = list(combinations((theirs[one] for one in shared), 2))
    return sum(later < earlier for earlier, later in pairs) / len(pairs) if pairs else 0.0


@lru_cache(maxsize=20_000)
def _firsts(text: str) -> Mapping[str, int]:
    """The first place of each content stem."""
    found: dict[str, int] = {}
    for at, word in enumerate(words(text)[:_MOST_WORDS]):
        if word not in FUNCTION_WORDS and word not in NEGATIONS:
            found.setdefault(stem(word), at)
    return found


def _crossed(answer: str, reference: str) -> float:
    """How often a word on a scale stands beside another thing than in the reference, or its opposite beside the same.

    "Sand is larger than flour" and "flour is larger than sand" cross; what agrees counts half against it.
    """
    mine, theirs = _things(answer), _things(reference)
    shared = {one for one, _ in mine} & {one for one, _ in theirs}
    if not shared:
        return 0.0
    own = list(_beside(_polar(answer), mine, shared))
    wanted = list(_beside(_polar(reference), theirs, shared))
    found = sum(_agreement(word, thing, other, its) for word, thing in own for other, its in wanted)
    return max(min(found, _MOST), -_MOST)


def _agreement(word: str, thing: str, other: str, its: str) -> float:
    same = stem(word) == stem(other)
    if not same and not opposed(word, other):
        return 0.0
    return -0.5 if same == (thing == its) else 1.0


@lru_cache(maxsize=20_000)
def _things(text: str) -> tuple[tuple[str, int], ...]:
    """The content stems that stand on no scale, with their places."""
    return tuple(
        (stem(word), at)
        for at, word in enumerate(words(text)[:_MOST_WORDS])
        if word not in FUNCTION_WORDS and word not in NEGATIONS and not places(word)
    )


def _beside(
    polar: Sequence[tuple[int, str, bool]], things: Sequence[tuple[str, int]], shared: set[str]
) -> Iterator[tuple[str, str]]:
    """Each word on a scale with the shared thing that is nearest to it; what stands before it counts as nearer."""
    for place, word, _ in polar:
        near = [
            (abs(at - place) + (0.5 if at > place else 0.0), thing)
            for thing, at in things
            if thing in shared and abs(at - place) <= _NEAR
        ]
        if near:
            yield word, min(near)[1]
