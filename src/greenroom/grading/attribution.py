"""Who says a sentence that was copied: whoever reports it, doubts it or takes it back does not state it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from greenroom.grading.words import ARTICLES, negations, with_meaning

_ASSENT = frozenset(
    """true right correct correctly clear clearly fact course know known mean means meaning say says said think believe
    point points important answer reason result shows show idea key first second third finally basically simply
    actually sure certain certainly obvious obviously remember note sum short consequence therefore hence follows
    likewise guarantees ensures explains stateless happens docs documentation manual specification spec standard rfc pep
    definition rule theorem""".split()
)
"""What may stand before `that` and a copied phrasing without taking it back; function words may, too."""
_SAYING = frozenset(["says", "say", "means", "mean", "guarantees", "guarantee", "ensures", "ensure"])
_DOUBT = frozenset("reportedly hypothetically hardly scarcely barely theoretically ostensibly".split())
"""Right before a copied claim, or in it, they keep it at a distance; elsewhere they may be about something else."""
_DISBELIEF = frozenset(
    """doubt doubts doubted doubtful myth myths rumour rumor rumours rumors nonsense refute refutes refuted disagree
    disagrees joking kidding mistaken misconception misconceptions fallacy bogus absurd ridiculous rubbish hoax
    sceptical skeptical unconvinced untrue debunked disproved disproven superstition falsely wrongly mistakenly
    incorrectly supposedly allegedly reputedly purportedly""".split()
)
"""Anywhere in a sentence beside a copied claim they deny it; of `wrong`, `false` and `lies` that cannot be said."""
_REPORTING = frozenset(
    """say says said claim claims claimed argue argues argued think thinks thought believe believes believed tell tells
    told heard pretend pretends suggest suggests suggested assume assumes assumed""".split()
)
_OWN_OR_KNOWN = frozenset(
    """i i'd i'll we we'd you you'd one docs documentation manual specification spec standard rfc pep definition rule
    theorem""".split()
)
"""Who reports as one of these does not keep at a distance what is reported."""
_POINTING = frozenset(["this", "that", "these", "those", "which", "it"])


@dataclass(frozen=True)
class Surroundings:
    """The words around a copied phrasing: right before it, right after it, and put into it.

    `outside` are all words of the sentence that the phrasing does not have. `is_whole`: it is copied from its first
    words on, so that a `that` before it governs all of it.
    """

    before: Sequence[str]
    after: Sequence[str]
    inside: Sequence[str]
    outside: Sequence[str]
    is_whole: bool


def taken_back(around: Surroundings, spoken_of: frozenset[str]) -> str | None:
    """Why a copy is doubted for what stands around it. What the phrasings are about may say something (`durability
    says that`), people may not."""
    if (
        _DOUBT & {*around.before[-4:], *around.inside}
        or _is_reported(around, spoken_of)
        or _is_said_by_others(around, spoken_of)
    ):
        return "a copied claim that is only reported"
    if _is_disbelieved(around.outside):
        return "a copied claim that is not believed"
    if _POINTING & set(around.after[:2]) and negations(around.after):
        return "a copied claim that is taken back"
    return None


def _is_reported(around: Surroundings, spoken_of: frozenset[str]) -> bool:
    """Whether it depends on `that`, `if` or `whether` behind words of which it is not known that they agree."""
    before = around.before[:-1] if around.before and around.before[-1] in ARTICLES else around.before
    if not around.is_whole or before[-1:] not in [("that",), ("whether",), ("if",)] or before[-2:-1] == ("so",):
        return False
    known = _ASSENT | spoken_of if _SAYING & set(before[-2:-1]) else _ASSENT
    return bool(negations(before)) or any(word not in known for word in with_meaning(before))


def _is_said_by_others(around: Surroundings, spoken_of: frozenset[str]) -> bool:
    """Whether a verb of saying stands right before it, and neither the candidate nor a document says it."""
    before = set(around.before)
    if not _REPORTING & set(around.before[-3:]) or before & _OWN_OR_KNOWN:
        return False
    subject = [word for word in with_meaning(around.before) if word not in _REPORTING]
    return not subject or not set(subject) <= spoken_of


def _is_disbelieved(outside: Sequence[str]) -> bool:
    return any(
        word in _DISBELIEF and not (word == "doubt" and {"no", "without"} & set(outside[max(0, at - 2) : at]))
        for at, word in enumerate(outside)
    )
