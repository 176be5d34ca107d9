"""Learning and validation curves, and what they say: bias or variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from greenroom.grading.fitting.folds import Ints, crossed
from greenroom.grading.fitting.model import Bags, HeldOut, Setting, fit, macro_f1

FRACTIONS = (0.25, 0.5, 0.75, 1.0)
WIDE_GAP = 0.05
"""A larger difference of macro-F1 between what was seen and what was not is variance."""
LOW = 0.85
"""A smaller macro-F1 on what was seen is bias."""
_RISING = 0.01
Verdict = Literal["bias", "variance", "neither"]


@dataclass(frozen=True)
class Place:
    """Macro-F1 on examples that were seen and on those that were not; `at` is a number of examples, or a C."""

    at: float
    train: float
    valid: float


def learning_curve(
    bags: Bags, questions: Sequence[str], candidates: Sequence[str], setting: Setting, seed: int
) -> list[Place]:
    """The fit with a quarter of the candidates of each training part, with half, three quarters, and all of them."""
    rng = np.random.default_rng(seed)
    names = np.asarray(candidates, dtype=object).astype(str)
    parts = list(crossed(questions, candidates))
    orders = [rng.permutation(np.unique(names[train])) for train, _ in parts]
    found = []
    for fraction in FRACTIONS:
        sides: list[tuple[float, float, int]] = []
        for (train, test), order in zip(parts, orders, strict=True):
            kept = train[np.isin(names[train], order[: max(1, round(fraction * len(order)))])]
            sides.append((*_both(bags, kept, test, setting, seed), len(kept)))
        train_f1, valid_f1, sizes = np.mean(sides, axis=0)
        found.append(Place(round(float(sizes)), round(float(train_f1), 4), round(float(valid_f1), 4)))
    return found


def _both(bags: Bags, train: Ints, test: Ints, setting: Setting, seed: int) -> tuple[float, float]:
    taught, asked = bags.take(train), bags.take(test)
    fitted = fit(taught, setting, seed)
    sides = [macro_f1(one.present, one.best(fitted.log_odds(one.rows)) > 0) for one in (taught, asked)]
    return sides[0], sides[1]


def validation_curve(tried: Sequence[HeldOut], l1_ratio: float) -> list[Place]:
    """Macro-F1 over the path of C."""
    own = [one for one in tried if one.setting.l1_ratio == l1_ratio]
    return [Place(one.setting.c, round(one.train_f1, 4), round(one.valid_f1, 4)) for one in own]


@dataclass(frozen=True)
class Curves:
    """Both curves, the verdict, and the sentence that says why."""

    learning: tuple[Place, ...]
    validation: tuple[Place, ...]
    verdict: Verdict
    said: str

    def as_json(self) -> dict[str, Any]:
        """They as plain JSON."""
        return asdict(self)


def judged(learning: Sequence[Place], validation: Sequence[Place]) -> Curves:
    """Say what the curves say. Variance: a wide gap at the end. Bias: a narrow one, low. Neither: narrow and high."""
    last = learning[-1]
    gap = last.train - last.valid
    figures = f"macro-F1 {last.train:.3f} on what was seen, {last.valid:.3f} on what was not"
    if gap > WIDE_GAP:
        verdict: Verdict = "variance"
        said = f"{figures}: more answers of more candidates, or a stronger penalty, would help"
    elif last.train < LOW:
        verdict, said = "bias", f"{figures}: the features do not tell more; more answers would help little"
    else:
        verdict, said = "neither", f"{figures}: close together and high"
    if len(learning) > 1 and last.valid - learning[-2].valid > _RISING:
        said += "; it still rises with more answers"
    return Curves(tuple(learning), tuple(validation), verdict, said)
