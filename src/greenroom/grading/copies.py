"""What was changed in the words of an accepted phrasing, or put around them: a copy must be whole.

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
from greenroom.grading.attribution import Surroundings, taken_back
from greenroom.grading.sentences import sentences
from greenroom.grading.synonyms import are_alike
from greenroom.grading.word_order import same_words_in_disorder
from greenroom.grading.words import content, negations, stem, with_meaning, words

_CLOSE = 0.7
"""The share of a phrasing's words, in order, from which a sentence counts as its copy."""
_NEAR = 0.6
_FEWEST_WORDS = 5
_SHARED = 0.5
_LONG, _SLIP = 7, 0.85
_ORDER, _ORDER_STRICT = 0.15, 0.3
_MOST_REPLACED, _MOSTLY = 2, 0.6
_REWRITTEN, _REWRITTEN_WORDS = 0.65, 8
_WORDS_AROUND = 12
_LATE = 2
_GAP = 3

_JUDGING = frozenset(["false", "wrong", "untrue", "incorrect"])
"""Negations that can be said of things, too."""
_CONTRACTED = frozenset(["cannot", "can't"])
"""`cannot` for `can no longer` is no opposite: how often a sentence is negated is counted, not compared by words."""


_ANSWER_NEGATED = "a copied answer with a negation more or less"
_ANSWER_ANOTHER_WORD = "a copied answer with another word in it"
_OTHER_POINT_ANOTHER_WORD = "a copied claim of another point with another word in it"
_OTHER_POINT_TURNED = "a copied claim of another point, turned round"
_NEGATED = "a copied claim with a negation more or less"
_OPPOSED = "a copied claim with an opposite word in it"
_ANOTHER_WORD = "a copied claim with another word in it"
_OPPOSITE = "an opposite word"
_ANOTHER_ORDER = "words of the claim in another order"
ALTERED = frozenset(
    [
        _ANOTHER_ORDER,
        _ANOTHER_WORD,
        _ANSWER_ANOTHER_WORD,
        _ANSWER_NEGATED,
        _NEGATED,
        _OPPOSED,
        _OPPOSITE,
        _OTHER_POINT_ANOTHER_WORD,
        _OTHER_POINT_TURNED,
    ]
)
"""The reasons to doubt that tell of words which were changed. Whoever has a phrasing at hand and changes it may have
changed more than is seen, so nothing else of the answer is credited either (figures in docs/grading.md)."""


@dataclass(frozen=True)
class _Copy:
    """A sentence beside a phrasing that it copies: the words before, inside and after that are not the same.

    `other` are words with a meaning that stand where the phrasing has others, and `instead` has those others.
    `is_opposed`: a word stands in the place of its opposite. `share` of the phrasing's words stand in the sentence,
    in their order.
    """

    around: Surroundings
    missing: Sequence[str]
    other: Sequence[str]
    instead: Sequence[str]
    is_opposed: bool
    share: float

    @property
    def extra(self) -> Sequence[str]:
        """The words that were put in."""
        return self.around.inside


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
    if any(_has_antonym(sentence, wanted.phrasings) for sentence in sentences(text)):
        return _OPPOSITE
    return "a copied sentence with words of its own in it" if _is_rewritten(words(text), wanted) else None


def _changed(sentence: str, wanted: Wanted) -> str | None:
    spoken = words(sentence)
    order = _ORDER if wanted.has_encoder else _ORDER_STRICT
    if any(same_words_in_disorder(spoken, words(phrasing), order) for phrasing in wanted.phrasings):
        return _ANOTHER_ORDER
    copies = [copy for phrasing in wanted.phrasings if (copy := _copy(spoken, words(phrasing)))]
    # Who only reports a claim, or takes it back, does so for all that it says, whichever phrasing is found in it.
    spoken_of = frozenset(word for phrasing in wanted.phrasings for word in words(phrasing))
    around = next(filter(None, (taken_back(copy.around, spoken_of) for copy in copies)), None)
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
    if negations(nearest.extra) != negations(nearest.missing):
        return _ANSWER_NEGATED
    if nearest.is_opposed or _is_another_word(nearest, wanted):
        return _ANSWER_ANOTHER_WORD
    return None


def _turned_round(spoken: Sequence[str], wanted: Wanted) -> str | None:
    """Whether what another point wants was copied and turned round."""
    nearest = _nearest_copy(spoken, [words(phrasing) for phrasing in wanted.others])
    if nearest is None:
        return None
    if negations(nearest.extra) != negations(nearest.missing) or nearest.is_opposed:
        return _OTHER_POINT_TURNED
    return _OTHER_POINT_ANOTHER_WORD if _is_another_word(nearest, wanted) else None


def _is_rewritten(spoken: Sequence[str], wanted: Wanted) -> bool:
    """Whether most of a window stands in a phrasing or a good answer, in its order, and the rest in no phrasing.

    Nobody who has not seen those sentences says so many of their words in a row: what was put in is to be looked at.
    """
    if not wanted.has_encoder:
        return False  # without it any other word in a copy counts already
    phrasings = [words(phrasing) for phrasing in wanted.phrasings]
    known_words = {word for phrasing in phrasings for word in phrasing}
    own, least = frozenset(spoken), max(_REWRITTEN_WORDS, _REWRITTEN * len(spoken))
    found = False
    for one in (*phrasings, *wanted.good):
        if len(own & frozenset(one)) < _REWRITTEN * len(own):
            continue
        blocks = SequenceMatcher(None, spoken, one, autojunk=False).get_matching_blocks()
        put_in = _unmatched(spoken, [(block.a, block.size) for block in blocks])
        left_out = _unmatched(one, [(block.b, block.size) for block in blocks])
        strays = [word for word in put_in if not any(are_alike(word, other) for other in left_out)]
        if not strays:
            return False
        is_copy = sum(block.size for block in blocks) >= least
        found = found or (is_copy and bool(left_out) and not known_words.issuperset(strays))
    return found


def _unmatched(spoken: Sequence[str], blocks: Sequence[tuple[int, int]]) -> list[str]:
    """The words with a meaning that lie in no block of a first place and a length."""
    inside = {place for start, size in blocks for place in range(start, start + size)}
    return _named(word for place, word in enumerate(spoken) if place not in inside)


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
    outside = [word for word in spoken if word not in phrasing]
    around = Surroundings(before, after, extra, outside, _is_whole(before, phrasing, blocks[0].b))
    return _Copy(around, missing, other, instead, is_opposed, copied / len(phrasing))


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
    if negations(copy.extra) != negations(copy.missing):
        return _NEGATED
    if copy.is_opposed:
        return _OPPOSED
    if copy.other and (not wanted.has_encoder or _is_another_word(copy, wanted)):
        return _ANOTHER_WORD
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


def _is_whole(before: Sequence[str], phrasing: Sequence[str], start: int) -> bool:
    """A `that` behind a word of the phrasing itself is a relative one: `a token that expires`."""
    return start <= _LATE and before[-2:-1] != () and before[-2] not in phrasing


def _named(spoken: Iterable[str]) -> list[str]:
    """The words with a meaning, without signs and single letters."""
    return [word for word in with_meaning(spoken) if len(word) > 1 and word[0].isalnum()]


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
