"""The fit: one scikit-learn pipeline over windows, of which a good answer's best one counts.

Which window of an answer states a claim is not known, so the fit alternates: choose each good answer's best window,
fit, choose again; of an answer that does not state the claim every window is a counter-example (multiple-instance
learning, MI-SVM's scheme, Andrews et al. 2003).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from greenroom.grading.fitting.examples import Example
from greenroom.grading.fitting.folds import Ints, crossed
from greenroom.grading.registry.protocols import Floats

C_PATH = (0.003, 0.03, 0.3, 3.0)
"""Inverse strengths of the penalty, from strong to weak."""
L1_RATIOS = (0.0, 1.0)
"""0 is the L2 penalty, 1 the L1 penalty."""
_ROUNDS = 2


@dataclass(frozen=True)
class Setting:
    """A penalty: `c` is the inverse of its strength, `l1_ratio` its share of L1 (0 or 1)."""

    c: float
    l1_ratio: float


@dataclass(frozen=True)
class Fitted:
    """Standardisation and weights; `log_odds` are of windows, before calibration."""

    centre: Floats
    scale: Floats
    weights: Floats
    intercept: float

    def log_odds(self, rows: Floats) -> Floats:
        """The log odds for each window."""
        found: Floats = ((rows - self.centre) / self.scale) @ self.weights + self.intercept
        return found


@dataclass(frozen=True)
class Bags:
    """Examples as one table of windows. `starts` is where each example begins."""

    rows: Floats
    starts: Ints
    present: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @classmethod
    def of(cls, examples: Sequence[Example]) -> Bags:
        """The table of *examples*."""
        sizes = [len(one.windows) for one in examples]
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
        present = np.array([one.present for one in examples], dtype=bool)
        return cls(np.vstack([one.windows for one in examples]), starts, present)

    @property
    def owner(self) -> Ints:
        """The example of each window."""
        sizes = np.diff(np.append(self.starts, len(self.rows)))
        return np.repeat(np.arange(len(self.starts)), sizes)

    def best(self, values: Floats) -> Floats:
        """The largest of *values* (one a window) in each example."""
        found: Floats = np.maximum.reduceat(values, self.starts)
        return found

    def take(self, examples: Ints) -> Bags:
        """Some of the examples."""
        kept = np.zeros(len(self.starts), dtype=bool)
        kept[examples] = True
        sizes = np.diff(np.append(self.starts, len(self.rows)))[kept]
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
        return Bags(self.rows[kept[self.owner]], starts, self.present[kept])


def fit(bags: Bags, setting: Setting, seed: int) -> Fitted:
    """Fit. Good and bad examples weigh the same altogether. With one sort alone it always says that one."""
    if bags.present.all() or not bags.present.any():
        width = bags.rows.shape[1]
        return Fitted(np.zeros(width), np.ones(width), np.zeros(width), 3.0 if bags.present.any() else -3.0)
    owner = bags.owner
    good = bags.present[owner]
    values, fitted = bags.rows[:, 0], None
    for _ in range(_ROUNDS):
        picked = ~good | (values == bags.best(values)[owner])
        fitted = _fit(bags.rows[picked], good[picked], owner[picked], setting, seed)
        values = fitted.log_odds(bags.rows)
    assert fitted is not None
    return fitted


def _fit(rows: Floats, good: np.ndarray[tuple[int], np.dtype[np.bool_]], owner: Ints, setting: Setting, seed: int) -> (
    Fitted
):  # fmt: skip
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    weights = 1 / np.sqrt(np.bincount(owner)[owner])
    weights[good] *= weights[~good].sum() / weights[good].sum()
    last = LogisticRegression(C=setting.c, l1_ratio=setting.l1_ratio, solver="liblinear", random_state=seed)
    pipeline = make_pipeline(StandardScaler(), last)
    pipeline.fit(rows, good, logisticregression__sample_weight=weights)
    scaler = pipeline[0]
    return Fitted(scaler.mean_, scaler.scale_, last.coef_[0].astype(float), float(last.intercept_[0]))


@dataclass(frozen=True)
class Fold:
    """How many examples a fit has seen and not seen, and its macro-F1 on either."""

    train: int
    valid: int
    train_f1: float
    valid_f1: float


@dataclass(frozen=True)
class HeldOut:
    """What a setting gives for examples that its fits have not seen, and its macro-F1 there and where they have."""

    setting: Setting
    odds: Floats
    train_f1: float
    valid_f1: float
    folds: tuple[Fold, ...] = ()


def held_out(bags: Bags, questions: Sequence[str], candidates: Sequence[str], setting: Setting, seed: int) -> HeldOut:
    """Each example's best log odds by a fit that saw neither its question nor its candidate; NaN where none is."""
    odds = np.full(len(bags.starts), np.nan)
    folds = []
    for train, test in crossed(questions, candidates):
        taught = bags.take(train)
        fitted = fit(taught, setting, seed)
        part = bags.take(test)
        odds[test] = part.best(fitted.log_odds(part.rows))
        seen = macro_f1(taught.present, taught.best(fitted.log_odds(taught.rows)) > 0)
        folds.append(Fold(len(train), len(test), seen, macro_f1(part.present, odds[test] > 0)))
    known = np.isfinite(odds)
    valid = macro_f1(bags.present[known], odds[known] > 0) if known.any() else 0.0
    return HeldOut(setting, odds, float(np.mean([one.train_f1 for one in folds] or [0.0])), valid, tuple(folds))


def macro_f1(
    truth: np.ndarray[tuple[int], np.dtype[np.bool_]], said: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> float:
    """The mean of the F1 of present and of not present; of the one that occurs, where the other does not."""
    values = []
    for wanted, chosen in ((truth, said), (~truth, ~said)):
        total = int(wanted.sum() + chosen.sum())
        if total:
            values.append(2 * int((wanted & chosen).sum()) / total)
    return sum(values) / len(values) if values else 0.0


def platt(odds: Floats, present: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[float, float]:
    """Slope and offset of a logistic curve over held-out log odds, good and bad weighing the same (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    if present.all() or not present.any() or np.ptp(odds) == 0:
        return 1.0, 0.0
    curve = LogisticRegression(C=100.0, class_weight="balanced").fit(odds[:, None], present)
    slope = float(curve.coef_[0][0])
    return (slope, float(curve.intercept_[0])) if slope > 0 else (1.0, 0.0)


def log_loss(odds: Floats, present: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """The mean logarithmic loss of calibrated log odds, good and bad weighing the same."""
    signed = np.where(present, odds, -odds)
    losses = np.logaddexp(0.0, -signed)
    sides = [losses[one].mean() for one in (present, ~present) if one.any()]
    return float(np.mean(sides))
