"""What was changed in, or put around, the words of an accepted phrasing: a copy must be whole.

An encoder and shared words take a phrasing with one wrong word, or inside a sentence that denies it, for the phrasing.
So where a sentence has most of a phrasing's words in their order, what differs must be harmless, else it is doubted.
Whoever uses words of their own is hardly met by this: natural answers seldom copy a phrasing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from greenroom.grading.antonyms import turned_round
from greenroom.grading.sentences import sentences
from greenroom.grading.synonyms import are_alike
from greenroom.grading.words import FUNCTION_WORDS, NEGATIONS, content, stem, words

_CLOSE = 0.7
"""The share of a phrasing's words, in order, from which a sentence counts as its copy."""
_NEAR = 0.6
_FEWEST_WORDS = 5
_SAME_WORDS = 0.8
_SHARED = 0.5
_LONG, _SLIP = 7, 0.85
_ORDER, _ORDER_STRICT = 0.15, 0.3
_TURNED, _TURNED_FEWEST = 0.4, 3
_MOST_REPLACED, _MOSTLY = 2, 0.6
_WORDS_AROUND = 12
_LATE = 2
_GAP = 3

_SCRAMBLED = 0.3
_AUXILIARIES = "is are was were be been being has have had can could will would should must may might does do did"
_PREPOSITIONS = "of to for from with without in on at by into upon during"
_CONJUNCTIONS = "if because so then when while which who there not"
_ARTICLES = frozenset(["the", "a", "an", "every", "each", "its", "their", "our", "my", "your"])
_NEVER: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        _ARTICLES,
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

_ASSENT = frozenset(
    """true right correct correctly clear clearly fact course know known mean means meaning say says said think believe
    point points important answer reason result shows show idea key first second third finally basically simply
    actually sure certain certainly obvious obviously remember note sum short consequence therefore hence follows
    likewise guarantees ensures explains stateless happens docs documentation manual specification spec standard rfc pep
    definition rule theorem""".split()
)
"""What may stand before `that` and a copied phrasing without taking it back; function words may, too."""
_SAYING = frozenset(["says", "say", "means", "mean", "guarantees", "guarantee", "ensures", "ensure"])
_DOUBT = frozenset(
    """supposedly allegedly reportedly falsely wrongly mistakenly incorrectly hypothetically hardly scarcely barely
    theoretically reputedly purportedly ostensibly""".split()
)
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
_JUDGING = frozenset(["false", "wrong", "untrue", "incorrect"])
"""Negations that can be said of things, too."""
_CONTRACTED = frozenset(["cannot", "can't"])
"""`cannot` for `can no longer` is no opposite: how often a sentence is negated is counted, not compared by words."""
_POINTING = frozenset(["this", "that", "these", "those", "which", "it"])


@dataclass(frozen=True)
class _Copy:
    """A sentence beside a phrasing that it copies: the words before, inside and after that are not the same.

    `other` are words with a meaning that stand where the phrasing has others, and `instead` has those others.
    `is_opposed`: a word stands in the place of its opposite. `share` of the phrasing's words stand in the sentence,
    in their order. `is_whole`: it is copied from its first words on, so that a `that` before it governs all of it.
    `outside` are the sentence's words that the phrasing does not have.
    """

    before: Sequence[str]
    after: Sequence[str]
    extra: Sequence[str]
    missing: Sequence[str]
    other: Sequence[str]
    instead: Sequence[str]
    is_opposed: bool
    share: float
    is_whole: bool
    outside: Sequence[str]


@dataclass(frozen=True)
class Wanted:
    """The accepted phrasings of a point, and the stems that only its rejected ones have.

    Without an encoder no synonym is told from another word, so a copy with any other word in it is doubted. `good` are
    the words of sentences that accepted answers have: a copy of them is held to the same. `others` are the phrasings of
    the item's other points: who turns one of them round is mistaken, and says nothing for this point with it.
    """

    phrasings: Sequence[str]
    mistaken: frozenset[str] = frozenset()
    has_encoder: bool = True
    good: Sequence[Sequence[str]] = ()
    others: Sequence[str] = ()


def doubt(text: str, whole: str, wanted: Wanted) -> str | None:
    """Why the sentence *whole*, of which *text* is the part that decided, may not say what is *wanted*, or None."""
    for sentence in sentences(whole):
        found = _changed(sentence, wanted)
        if found:
            return found
    said = any(_has_antonym(sentence, wanted.phrasings) for sentence in sentences(text))
    return "an opposite word" if said else None


def _changed(sentence: str, wanted: Wanted) -> str | None:
    spoken = words(sentence)
    order = _ORDER if wanted.has_encoder else _ORDER_STRICT
    if any(_same_words_in_disorder(spoken, words(phrasing), order) for phrasing in wanted.phrasings):
        return "words of the claim in another order"
    copies = [copy for phrasing in wanted.phrasings if (copy := _copy(spoken, words(phrasing)))]
    # Who only reports a claim, or takes it back, does so for all that it says, whichever phrasing is found in it.
    spoken_of = frozenset(word for phrasing in wanted.phrasings for word in words(phrasing))
    around = next(filter(None, (_taken_back(copy, spoken_of) for copy in copies)), None)
    if around:
        return around
    reasons = [_reason(copy, wanted) for copy in copies]
    if any(reason is None and not _strays(copy) for copy, reason in zip(copies, reasons, strict=True)):
        return None
    return next(filter(None, reasons), None) or _changed_in_answer(spoken, wanted) or _turned_round(spoken, wanted)


def _changed_in_answer(spoken: Sequence[str], wanted: Wanted) -> str | None:
    """Whether the sentence of an accepted answer that is the nearest was copied with a word or negation changed."""
    nearest = _nearest_copy(spoken, wanted.good)
    if nearest is None:
        return None
    if _negations(nearest.extra) != _negations(nearest.missing):
        return "a copied answer with a negation more or less"
    if nearest.is_opposed or _is_another_word(nearest, wanted):
        return "a copied answer with another word in it"
    return None


def _turned_round(spoken: Sequence[str], wanted: Wanted) -> str | None:
    """Whether what another point wants was copied and turned round."""
    nearest = _nearest_copy(spoken, [words(phrasing) for phrasing in wanted.others])
    if nearest is None:
        return None
    if _negations(nearest.extra) != _negations(nearest.missing) or nearest.is_opposed:
        return "a copied claim of another point, turned round"
    return "a copied claim of another point with another word in it" if _is_another_word(nearest, wanted) else None


def _nearest_copy(spoken: Sequence[str], known: Sequence[Sequence[str]]) -> _Copy | None:
    """The copy of that of the *known* sentences of which most words stand in *spoken*; None if it copies none."""
    own = frozenset(spoken)
    copies = [copy for one in known if _is_near(own, frozenset(one)) and (copy := _copy(spoken, one)) is not None]
    return max(copies, key=lambda copy: copy.share, default=None)


def _is_near(own: frozenset[str], other: frozenset[str]) -> bool:
    return len(own & other) >= _NEAR * max(len(own), len(other))


def _copy(spoken: Sequence[str], phrasing: Sequence[str]) -> _Copy | None:
    if len(phrasing) < _FEWEST_WORDS:
        return None
    spoken = _respelled(spoken, phrasing)
    matcher = SequenceMatcher(None, spoken, phrasing, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    copied = sum(block.size for block in blocks)
    if copied < _CLOSE * max(min(len(phrasing), len(spoken)), _FEWEST_WORDS):
        return None
    extra: list[str] = []
    missing: list[str] = []
    other: list[str] = []
    instead: list[str] = []
    is_opposed = False
    end = blocks[-1].a + blocks[-1].size
    ends = [(one.a + one.size, two.a, one.b + one.size, two.b) for one, two in pairwise(blocks)]
    if blocks[0].b:
        ends.insert(0, (0, blocks[0].a, 0, blocks[0].b))
    for start, stop, own_start, own_stop in [*ends, (end, len(spoken), blocks[-1].b + blocks[-1].size, len(phrasing))]:
        if stop - start <= _GAP and own_stop - own_start <= _GAP:  # what is longer is no change of a word
            here, there = _changed_words(spoken[start:stop], phrasing[own_start:own_stop])
            extra += here
            missing += there
            is_opposed = is_opposed or turned_round(there, here) > 0
            if _named(here) and _named(there):
                other += _named(here)
                instead += _named(there)
    before = spoken[max(0, blocks[0].a - _WORDS_AROUND) : blocks[0].a]
    after = spoken[end : end + _WORDS_AROUND]
    return _Copy(
        before,
        after,
        extra,
        missing,
        other,
        instead,
        is_opposed,
        copied / len(phrasing),
        _is_whole(before, phrasing, blocks[0].b),
        [word for word in spoken if word not in phrasing],
    )


def _changed_words(here: Sequence[str], there: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """What differs in one place. `broken` for `wrong` is another word, and no negation less; what was put in and judges
    something of its own (`both counts wrong`) denies nothing."""
    if not there and here[-1:] and here[-1] in _JUDGING and _named(here[:-1]):
        return here[:-1], there
    if not here or not there:
        return here, there
    return [word for word in here if word not in _JUDGING], [word for word in there if word not in _JUDGING]


def _respelled(spoken: Sequence[str], phrasing: Sequence[str]) -> tuple[str, ...]:
    """*spoken* with a slip of the pen in a long word mended: a typo neither makes a copy nor hides one."""
    known = [word for word in phrasing if len(word) >= _LONG]
    return tuple(
        word if word in phrasing else next((one for one in known if _is_slip(word, one)), word) for word in spoken
    )


def _is_slip(word: str, meant: str) -> bool:
    """Whether *word* is *meant* but for a letter or two inside; a first letter more or less may be another word."""
    if word[0] != meant[0] or word[-1] != meant[-1] or abs(len(word) - len(meant)) > 1:
        return False
    return SequenceMatcher(None, word, meant, autojunk=False).ratio() >= _SLIP


def _reason(copy: _Copy, wanted: Wanted) -> str | None:
    """Why a copy is doubted for what was changed in it."""
    if _negations(copy.extra) != _negations(copy.missing):
        return "a copied claim with a negation more or less"
    if copy.is_opposed:
        return "a copied claim with an opposite word in it"
    if copy.other and (not wanted.has_encoder or _is_another_word(copy, wanted)):
        return "a copied claim with another word in it"
    return None


def _taken_back(copy: _Copy, spoken_of: frozenset[str]) -> str | None:
    """Why a copy is doubted for what stands around it. What the phrasings are about may say something (`durability
    says that`), people may not."""
    if (
        _DOUBT & {*copy.before[-4:], *copy.extra}
        or _is_reported(copy, spoken_of)
        or _is_said_by_others(copy, spoken_of)
    ):
        return "a copied claim that is only reported"
    if _is_disbelieved(copy.outside):
        return "a copied claim that is not believed"
    if _POINTING & set(copy.after[:2]) and _negations(copy.after):
        return "a copied claim that is taken back"
    return None


def _is_another_word(copy: _Copy, wanted: Wanted) -> bool:
    """Whether a word stands in the place of one that it is not known to mean."""
    strays = _strays(copy)
    if any(stem(word) in wanted.mistaken for word in strays):
        return True
    return bool(strays) and len(copy.instead) <= _MOST_REPLACED and copy.share >= _MOSTLY


def _strays(copy: _Copy) -> list[str]:
    """The words of a copy that are alike to none of those that they replace."""
    return [word for word in copy.other if not any(are_alike(word, one) for one in copy.instead)]


def _is_reported(copy: _Copy, spoken_of: frozenset[str]) -> bool:
    """Whether it depends on `that`, `if` or `whether` behind words of which it is not known that they agree."""
    before = copy.before[:-1] if copy.before and copy.before[-1] in _ARTICLES else copy.before
    if not copy.is_whole or before[-1:] not in [("that",), ("whether",), ("if",)] or before[-2:-1] == ("so",):
        return False
    known = _ASSENT | spoken_of if _SAYING & set(before[-2:-1]) else _ASSENT
    return bool(_negations(before)) or any(word not in known for word in _told(before))


def _is_said_by_others(copy: _Copy, spoken_of: frozenset[str]) -> bool:
    """Whether a verb of saying stands right before it, and neither the candidate nor a document says it."""
    before = set(copy.before)
    if not _REPORTING & set(copy.before[-3:]) or before & _OWN_OR_KNOWN:
        return False
    subject = [word for word in _told(copy.before) if word not in _REPORTING]
    return not subject or not set(subject) <= spoken_of


def _is_disbelieved(outside: Sequence[str]) -> bool:
    return any(
        word in _DISBELIEF and not (word == "doubt" and {"no", "without"} & set(outside[max(0, at - 2) : at]))
        for at, word in enumerate(outside)
    )


def _is_whole(before: Sequence[str], phrasing: Sequence[str], start: int) -> bool:
    """A `that` behind a word of the phrasing itself is a relative one: `a token that expires`."""
    return start <= _LATE and before[-2:-1] != () and before[-2] not in phrasing


def _told(spoken: Iterable[str]) -> list[str]:
    return [word for word in spoken if word not in FUNCTION_WORDS and word not in NEGATIONS]


def _named(spoken: Iterable[str]) -> list[str]:
    """The words with a meaning, without signs and single letters."""
    return [word for word in _told(spoken) if len(word) > 1 and word[0].isalnum()]


def _negations(spoken: Iterable[str]) -> int:
    return sum(word in NEGATIONS or word.endswith("n't") for word in spoken)


def _same_words_in_disorder(spoken: Sequence[str], phrasing: Sequence[str], order: float) -> bool:
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


def _has_antonym(text: str, phrasings: Sequence[str]) -> bool:
    """Whether *text* has the opposite of a word of both phrasings that share most words with it.

    The first of them must share half of its words: what shares less is another sentence, in which an opposite has
    another place.
    """
    said, shared = frozenset(words(text)) - _CONTRACTED, content(text)
    share = {one: len(content(one) & shared) / max(len(content(one)), 1) for one in phrasings}
    nearest = sorted(share, key=lambda one: -share[one])[:2]
    if not nearest or share[nearest[0]] < _SHARED:
        return False
    wanted = [frozenset(words(one)) - _CONTRACTED for one in nearest]
    return all(turned_round(one - said, said - one) for one in wanted)
