"""From windows to a state: small boosted trees over the features, and what overrules them.

The trees are an artefact (`model.json`), fitted by `python bench/grading/fit.py` on the bank's own
declared submissions and phrasings, and calibrated on items that the fit had not seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from greenroom.bank.findings import State
from greenroom.grading.commitment import uncommitted
from greenroom.grading.copies import Wanted, doubt
from greenroom.grading.features import NAMES, Seen
from greenroom.grading.guards import is_denial, takes_back
from greenroom.grading.words import content, negation_count

_Floats = npt.NDArray[np.float64]


_OVERRULES = 0.7
"""The opposition from which another place takes back what a window states. From 0.3 on, one good answer in nine has
such a place, for right sentences come near to mistakes about the same thing."""
_LEAN = -0.06
_EVEN = 0.5
_RECALL = NAMES.index("recall")
_FEW_SHARED = 0.6
"""Without an encoder, the share of the nearest phrasing's words under which a window is in doubt: half of a claim's
words stand in a point's title, too, and in sentences about another thing."""
_JOINED = re.compile(r",\s+(?:and|so|but)\s|;\s+", re.IGNORECASE)
_SAME_SUBJECT = 0.7
_FEWEST_WORDS = 4
_NEAR_MISTAKE = 0.72
"""A cosine to a rejected phrasing from which being nearer to it than to the claim by `_LEAN` means something: below,
the encoder's likenesses are about the subject alone. Both were read off the declared answers of the bank."""


@dataclass(frozen=True)
class Trees:
    """Regression trees as columns, one entry a node; `roots` has each tree's first. A leaf is its own child."""

    feature: npt.NDArray[np.int64]
    threshold: _Floats
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    value: _Floats
    roots: npt.NDArray[np.int64]

    def sums(self, rows: _Floats) -> _Floats:
        """The sum of all trees' leaf values for each row of features; every tree is gone down at the same time."""
        node = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        at = np.arange(len(rows))[:, None]
        while True:
            goes_left = rows[at, self.feature[node]] <= self.threshold[node]
            below = np.where(goes_left, self.left[node], self.right[node])
            if np.array_equal(below, node):
                break
            node = below
        found: _Floats = self.value[node].sum(axis=1)
        return found


@dataclass(frozen=True)
class Model:
    """Boosted trees, their calibration, and the probabilities from which a point is present, or unsure.

    The calibration is Platt's: a logistic curve with `slope` and `offset` over the trees' log odds (Platt 1999).
    """

    version: str
    trees: Trees
    bias: float
    slope: float
    offset: float
    present: float
    unsure: float
    contradicted: float

    def log_odds(self, rows: _Floats) -> _Floats:
        """The trees' sum for each row of features, before calibration."""
        return self.bias + self.trees.sums(rows)

    def probabilities(self, rows: _Floats) -> _Floats:
        """The probability, 0..1, for each row of features, that the window states the claim."""
        score = self.slope * self.log_odds(rows) + self.offset
        return 1.0 / (1.0 + np.exp(-np.clip(score, -60, 60)))


def model_from(raw: dict[str, Any]) -> Model:
    """The model that a file's contents describe; the file names its features, in the order of NAMES."""
    if tuple(raw["features"]) != NAMES:
        raise ValueError("the model was fitted on other features")
    names = ("version", "bias", "slope", "offset", "present", "unsure", "contradicted")
    return Model(trees=trees_from(raw["trees"]), **{name: raw[name] for name in names})


def trees_from(raw: Sequence[dict[str, list[Any]]]) -> Trees:
    """The trees of a file, one after the other; a node whose `left` is 0 there is a leaf."""
    roots = np.cumsum([0, *(len(tree["left"]) for tree in raw[:-1])])

    def column(name: str, kind: type) -> npt.NDArray[Any]:
        return np.concatenate([np.array(tree[name], kind) for tree in raw])

    def children(side: str) -> npt.NDArray[np.int64]:
        own = np.arange(sum(len(tree["left"]) for tree in raw))
        root = np.repeat(roots, [len(tree["left"]) for tree in raw])
        return np.where(column("left", int) > 0, column(side, int) + root, own)

    return Trees(
        column("feature", int), column("threshold", float), children("left"), children("right"),
        column("value", float), roots,
    )  # fmt: skip


@cache
def packaged_model(name: str = "model") -> Model:
    """The model that ships with Greenroom: `model`, or `lexical` for use without an encoder."""
    return model_from(json.loads(files("greenroom.grading").joinpath(f"{name}.json").read_text(encoding="utf-8")))


class Judging(Protocol):
    """What turns windows into probabilities, with those from which a point is present, unsure, or contradicted."""

    @property
    def version(self) -> str:
        """Which model it is."""
        ...

    @property
    def present(self) -> float:
        """From this probability on a point is present."""
        ...

    @property
    def unsure(self) -> float:
        """From this probability on it is unsure, and absent below."""
        ...

    @property
    def contradicted(self) -> float:
        """From this opposition on it is contradicted."""
        ...

    def probabilities(self, rows: _Floats) -> _Floats:
        """The probability, 0..1, for each row of features, that the window states the claim."""
        ...


@dataclass(frozen=True)
class Decision:
    """A point's state with the probability that it is right, the window that decided, and a reason if one overruled."""

    state: State
    confidence: float
    seen: Seen | None
    reason: str | None = None


def decide(looked: Sequence[Seen], model: Judging, wanted: Wanted | None = None, *, stands_from: int = 0) -> Decision:
    """What the windows say together: the best one decides, a contradiction elsewhere overrules.

    A window that copies what is *wanted* and changes it is at most unsure, and so is one before the sentence
    *stands_from*, where the candidate changed their mind.
    """
    if not looked:
        return Decision(State.absent, 0.99, None)
    probabilities = model.probabilities(np.array([one.features for one in looked]))
    scored = list(zip(map(float, probabilities), looked, strict=True))
    # What is nearer to a mistake than to the claim does not state the claim, whatever words they share.
    scored = [(min(p, model.unsure) if _leans_to_mistake(one) else p, one) for p, one in scored]
    best_p, best, reason = _best(scored, model, wanted or Wanted(()), stands_from)
    against_p, against = max(((_opposition(one), one) for _, one in scored), key=lambda pair: pair[0])
    opposed = against_p >= model.contradicted
    if best_p < model.unsure:
        if opposed:
            return Decision(State.contradicted, against_p, against)
        return Decision(State.absent, 1.0 - best_p, best)
    if is_denial(best.window.whole) or takes_back(best.window.whole):
        return Decision(State.contradicted, 0.8, best, "denied")
    if reason or best_p < model.present:
        return Decision(State.unsure, max(best_p, 1.0 - best_p), best, reason)
    if _contradicts_itself(best, scored, model) or _is_opposed_elsewhere(best, scored):
        return Decision(State.unsure, 0.6, best, "contradicted elsewhere")
    return Decision(State.present, best_p, best)


def _is_opposed_elsewhere(best: Seen, scored: Sequence[tuple[float, Seen]]) -> bool:
    return any(_opposition(one) >= _OVERRULES for _, one in scored if not _same_place(one, best))


def _best(
    scored: Sequence[tuple[float, Seen]], model: Judging, wanted: Wanted, stands_from: int
) -> tuple[float, Seen, str | None]:
    """The most probable window, its probability and why it is doubted; one in doubt counts as even."""
    doubted: tuple[float, Seen, str | None] | None = None
    for p, one in sorted(scored, key=lambda pair: -pair[0]):
        if p < model.present:
            return doubted or (p, one, None)
        reason = "before a change of mind" if one.window.first < stands_from else _doubt(one, wanted)
        if reason is None:
            return p, one, None
        doubted = doubted or (_EVEN, one, reason)
    assert doubted is not None
    return doubted


def _doubt(seen: Seen, wanted: Wanted) -> str | None:
    if wanted.phrasings and not wanted.has_encoder and (reason := _doubt_by_words(seen)):
        return reason
    if negation_count(seen.nearest) == 0 and _is_denied_part_by_part(seen.window.text):
        return "each part of it denied"
    text, whole = seen.window.text, seen.window.whole
    return uncommitted(text, whole, wanted.phrasings) or doubt(text, whole, wanted)


def _doubt_by_words(seen: Seen) -> str | None:
    """What only an encoder would tell, and so is in doubt without one."""
    if negation_count(seen.nearest) % 2 != negation_count(seen.window.text) % 2:
        return "negated as the claim is not"
    if seen.features[_RECALL] < _FEW_SHARED:
        return "few of the claim's words"
    return None


def _is_denied_part_by_part(text: str) -> bool:
    """Whether each of several parts that are joined by `and`, `so` or `but` is negated: together they count as even."""
    parts = _JOINED.split(text)
    return len(parts) > 1 and all(negation_count(part) % 2 for part in parts)


def _contradicts_itself(best: Seen, scored: Sequence[tuple[float, Seen]], model: Judging) -> bool:
    """Whether the next sentence takes the best one back, or another is about the same and negated as that is not."""
    single = [(p, one.window) for p, one in scored if one.window.text == one.window.whole and one.window.is_single]
    following = range(best.window.first + 1, best.window.last + 2)
    if any(one.first in following and takes_back(one.text) for _, one in single):
        return True
    own = [one for _, one in single if best.window.first <= one.first <= best.window.last]
    others = [one for p, one in single if p >= model.present]
    return any(_deny_each_other(one.text, other.text) for one in own for other in others)


def _deny_each_other(one: str, other: str) -> bool:
    return negation_count(one) % 2 != negation_count(other) % 2 and _same_subject(content(one), content(other))


def _same_subject(one: frozenset[str], other: frozenset[str]) -> bool:
    return min(len(one), len(other)) >= _FEWEST_WORDS and len(one & other) >= _SAME_SUBJECT * min(len(one), len(other))


def _opposition(seen: Seen) -> float:
    """How strongly a window says the opposite, 0..1: near to what mistaken people write, nearer than to the claim."""
    if not seen.same_polarity:
        return 0.0
    reject = seen.cosine - seen.margin
    nearness = (reject - 0.55) / 0.35
    lead = -seen.margin / 0.15
    return max(0.0, min(1.0, nearness)) * max(0.0, min(1.0, lead))


def _leans_to_mistake(seen: Seen) -> bool:
    """Whether a window is clearly nearer to what mistaken people write, and negated as that is."""
    return seen.same_polarity and seen.margin <= _LEAN and seen.cosine - seen.margin >= _NEAR_MISTAKE


def _same_place(one: Seen, other: Seen) -> bool:
    return one.window.first <= other.window.last and other.window.first <= one.window.last
