"""Numbers that say how near a window of the answer is to a point's phrasings, and on which side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from greenroom.bank.models import Phrasings
from greenroom.grading.encoder import Encoder, Vectors
from greenroom.grading.sentences import Window
from greenroom.grading.words import bigrams, content, negation_count, trigrams

NAMES = (
    "cosine", "cosine_second", "cosine_reject", "margin", "recall", "recall_new", "precision", "trigram",
    "bigram_margin", "negation_gap", "reject_recall", "length",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A window beside the phrasing it is nearest to, with its features.

    `same_polarity` says whether the nearest rejected phrasing is negated as the window is: only then can the
    window say what that phrasing says.
    """

    window: Window
    nearest: str
    cosine: float
    margin: float
    same_polarity: bool
    features: tuple[float, ...]


def look(
    windows: Sequence[Window], phrasings: Phrasings, prompt_content: frozenset[str], encoder: Encoder | None
) -> list[Seen]:
    """Every window with its features against one point."""
    accepts = [phrasings.claim, *phrasings.accepts]
    rejects = list(phrasings.rejects)
    texts = [window.text for window in windows]
    to_accepts = _likeness(texts, accepts, encoder)
    to_rejects = _likeness(texts, rejects, encoder) if rejects else np.zeros((len(texts), 1), np.float32)
    return [
        _seen(window, accepts, rejects, to_accepts[row], to_rejects[row], prompt_content)
        for row, window in enumerate(windows)
    ]


def _likeness(texts: Sequence[str], phrases: Sequence[str], encoder: Encoder | None) -> Vectors:
    """Cosines between texts (rows) and phrases (columns); lexical ones when there is no encoder."""
    if encoder is not None:
        cosines: Vectors = encoder.embed(list(texts)) @ encoder.embed(list(phrases)).T
        return cosines
    return np.array([[_lexical(text, phrase) for phrase in phrases] for text in texts], np.float32)


def _lexical(text: str, phrase: str) -> float:
    left, right = trigrams(text), trigrams(phrase)
    return len(left & right) / ((len(left) * len(right)) ** 0.5) if left and right else 0.0


def _seen(
    window: Window,
    accepts: Sequence[str],
    rejects: Sequence[str],
    to_accepts: Vectors,
    to_rejects: Vectors,
    prompt_content: frozenset[str],
) -> Seen:
    order = np.argsort(-to_accepts)
    nearest = accepts[int(order[0])]
    cosine = float(to_accepts[order[0]])
    second = float(to_accepts[order[min(1, len(order) - 1)]])
    reject = float(to_rejects.max())
    own = content(window.text)
    # The words that a point turns on: those of the claim and of the nearest phrasing.
    wanted = content(nearest)
    new = wanted - prompt_content
    worst = rejects[int(to_rejects.argmax())] if rejects else ""
    against = content(worst)
    same_polarity = negation_count(window.text) % 2 == negation_count(worst) % 2
    left, right = trigrams(window.text), trigrams(nearest)
    pairs = bigrams(window.text)
    bigram_margin = _share(pairs, *(bigrams(one) for one in accepts)) - _share(
        pairs, *(bigrams(one) for one in rejects)
    )
    gap = abs(negation_count(window.text) % 2 - negation_count(nearest) % 2)
    values = (
        cosine,
        second,
        reject,
        cosine - reject,
        len(own & wanted) / max(len(wanted), 1),
        len(own & new) / max(len(new), 1) if new else 0.5,
        len(own & wanted) / max(len(own), 1),
        len(left & right) / max((len(left) * len(right)) ** 0.5, 1),
        bigram_margin,
        float(gap),
        len(own & against) / max(len(against), 1) if against else 0.0,
        min(len(window.text.split()), 40) / 40,
    )
    return Seen(window, nearest, cosine, cosine - reject, same_polarity, values)


def _share(pairs: frozenset[tuple[str, str]], *phrases: frozenset[tuple[str, str]]) -> float:
    """The largest share of a phrase's word pairs that stand in the window in the same order."""
    return max((len(pairs & phrase) / len(phrase) for phrase in phrases if phrase), default=0.0)
