"""Numbers that say how near a window of the answer is to a point's phrasings, and on which side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from greenroom.bank.rubric import Phrasings
from greenroom.grading.antonyms import turned_round
from greenroom.grading.copies import Wanted
from greenroom.grading.encoder import Encoder, Vectors
from greenroom.grading.joints import joints, joints_of, loose
from greenroom.grading.sentences import Window
from greenroom.grading.words import bigrams, content, negation_count, trigrams, words

NAMES = (
    "cosine", "cosine_second", "cosine_three", "cosine_mean", "cosine_reject", "cosine_reject_two", "cosine_other",
    "side", "recall", "recall_new", "precision", "trigram", "bigram_margin", "reject_recall", "vocabulary",
    "reject_vocabulary", "negation_gap", "negation_gap_three", "negation_gap_reject", "negations", "opposites",
    "length", "polarity_lead", "negated",
    "scattered", "scattered_share", "scattered_vocabulary",
)  # fmt: skip

_RIDGE = 1.0


@dataclass(frozen=True)
class Seen:
    """A window beside the phrasing it is nearest to, with its features (in the order of NAMES).

    `same_polarity` says whether the nearest rejected phrasing is negated as the window is: only then can the
    window say what that phrasing says.
    """

    window: Window
    nearest: str
    cosine: float
    margin: float
    same_polarity: bool
    features: tuple[float, ...]


class Gauge:
    """What answers are held against for one point: its phrasings, its rejects, and the phrasings of the other points.

    With an encoder, *side* is a direction in the embedding that tells this point's phrasings from its rejects:
    ridge regression on ±1 with both classes weighing the same (Hoerl and Kennard 1970).
    """

    def __init__(
        self, phrasings: Phrasings, others: Sequence[str], prompt_content: frozenset[str], encoder: Encoder | None
    ) -> None:
        self.accepts = [phrasings.claim, *phrasings.accepts]
        self.rejects = list(phrasings.rejects)
        self.others = list(others)
        self._encoder = encoder
        self._prompt_content = prompt_content
        self._vocabulary = frozenset[str]().union(*map(content, self.accepts))
        self._reject_vocabulary = frozenset[str]().union(*map(content, self.rejects)) - self._vocabulary
        self._joints = joints_of((*self.accepts, *self.others))
        self._negated = np.array([_is_negated(one) for one in self.accepts])
        self._side = _side(encoder.embed(self.accepts), encoder.embed(self.rejects)) if encoder else None

    @property
    def wanted(self) -> Wanted:
        """What a copy of the phrasings is held against."""
        return Wanted(self.accepts, self._reject_vocabulary, self._encoder is not None, others=self.others)

    def look(self, windows: Sequence[Window]) -> list[Seen]:
        """Every window with its features."""
        if not windows:
            return []
        texts = [window.text for window in windows]
        accepts, rejects, others = (
            _likeness(texts, phrases, self._encoder) for phrases in (self.accepts, self.rejects, self.others)
        )
        sides = np.zeros(len(texts))
        if self._encoder is not None and self._side is not None:
            direction, middle = self._side
            sides = (self._encoder.embed(texts) - middle) @ direction
        return [
            self._seen(window, accepts[row], rejects[row], float(others[row].max()), float(sides[row]))
            for row, window in enumerate(windows)
        ]

    def _seen(self, window: Window, accepts: Vectors, rejects: Vectors, other: float, side: float) -> Seen:
        order = np.argsort(-accepts)
        nearest, worst = self.accepts[int(order[0])], self.rejects[int(rejects.argmax())] if self.rejects else ""
        cosine, reject = float(accepts[order[0]]), float(rejects.max())
        negated = _is_negated(window.text)
        gaps = self._negated[order] != negated
        values = (
            cosine,
            float(accepts[order[min(1, len(order) - 1)]]),
            float(accepts[order[:3]].mean()),
            float(accepts.mean()),
            reject,
            float(np.sort(rejects)[-2:].mean()),
            other,
            side,
            *self._shared_words(window.text, nearest, worst),
            float(gaps[0]),
            float(gaps[:3].mean()),
            float(bool(worst) and _is_negated(worst) != negated),
            float(min(negation_count(window.text), 3)),
            float(_opposites(window.text, nearest)),
            min(len(window.text.split()), 40) / 40,
            float(accepts[self._negated == negated].max(initial=0) - accepts[self._negated != negated].max(initial=0)),
            float(negation_count(window.text) > 0),
            *self._scattered(window.text, content(nearest)),
        )
        same_polarity = _is_negated(worst) == negated
        return Seen(window, nearest, cosine, cosine - reject, same_polarity, values)

    def _shared_words(self, text: str, nearest: str, worst: str) -> tuple[float, ...]:
        own, wanted, against = content(text), content(nearest), content(worst)
        new = wanted - self._prompt_content
        left, right, pairs = trigrams(text), trigrams(nearest), bigrams(text)
        return (
            len(own & wanted) / max(len(wanted), 1),
            len(own & new) / len(new) if new else 0.5,
            len(own & wanted) / max(len(own), 1),
            len(left & right) / max((len(left) * len(right)) ** 0.5, 1),
            _share(pairs, *map(bigrams, self.accepts)) - _share(pairs, *map(bigrams, self.rejects)),
            len(own & against) / len(against) if against else 0.0,
            len(own & self._vocabulary) / max(len(own), 1),
            len(own & self._reject_vocabulary) / max(len(own), 1),
        )

    def _scattered(self, text: str, wanted: frozenset[str]) -> tuple[float, float, float]:
        """Words of the nearest phrasing without a neighbour that any phrasing gives them: how many, and their share;
        and that share of the words of all phrasings. Who states something joins words; who stuffs only names them."""
        single = loose(text, self._joints)
        named = sum(word in wanted for word in single)
        length = len(joints(text)) + 1
        return min(named, 10) / 10, named / length, sum(word in self._vocabulary for word in single) / length


def _is_negated(text: str) -> bool:
    return negation_count(text) % 2 == 1


def _likeness(texts: Sequence[str], phrases: Sequence[str], encoder: Encoder | None) -> Vectors:
    """Cosines between texts (rows) and phrases (columns); lexical ones when there is no encoder."""
    if not phrases:
        return np.zeros((len(texts), 1), np.float32)
    if encoder is not None:
        cosines: Vectors = encoder.embed(list(texts)) @ encoder.embed(list(phrases)).T
        return cosines
    return np.array([[_lexical(text, phrase) for phrase in phrases] for text in texts], np.float32)


def _lexical(text: str, phrase: str) -> float:
    left, right = trigrams(text), trigrams(phrase)
    return len(left & right) / ((len(left) * len(right)) ** 0.5) if left and right else 0.0


def _side(accepts: Vectors, rejects: Vectors) -> tuple[Vectors, Vectors] | None:
    """The ridge direction from *rejects* to *accepts*, and the weighted middle; None without rejects."""
    if not len(rejects):
        return None
    rows = np.vstack([accepts, rejects])
    target = np.r_[np.ones(len(accepts)), -np.ones(len(rejects))]
    weight = len(rows) / 2 / np.where(target > 0, len(accepts), len(rejects))
    middle = (weight[:, None] * rows).sum(axis=0) / weight.sum()
    centred = rows - middle
    dual = np.linalg.solve(centred @ centred.T + _RIDGE * np.diag(1 / weight), target)
    return (centred.T @ dual).astype(np.float32), middle.astype(np.float32)


def _opposites(text: str, phrase: str) -> int:
    """How many words of the phrase stand in the text as their opposite instead (`more` for `less`)."""
    own, wanted = frozenset(words(text)), frozenset(words(phrase))
    return turned_round(wanted - own, own - wanted)


def _share(pairs: frozenset[tuple[str, str]], *phrases: frozenset[tuple[str, str]]) -> float:
    """The largest share of a phrase's word pairs that stand in the window in the same order."""
    return max((len(pairs & phrase) / len(phrase) for phrase in phrases if phrase), default=0.0)
