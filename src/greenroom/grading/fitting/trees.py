"""Fitting the boosted trees that read rubric points, and what they do on items that the fit has not seen.

Which window of an answer states a claim is not known, so the fit alternates: choose each good answer's best window,
fit, choose again; of an answer that does not state the claim, every window is a counter-example (multiple-instance
learning, MI-SVM's scheme, Andrews et al. 2003). Folds are grouped by item, and the calibration (Platt 1999)
is fitted on the folds' held-out log odds alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from greenroom.grading.decision import Model, model_from
from greenroom.grading.features import NAMES
from greenroom.grading.fitting.folds import fold_of
from greenroom.grading.fitting.points import REAL, Example, Rows

# A model must not think less of an answer that is nearer to what is right, nor more of one nearer to what is wrong:
# an author who adds a phrasing can rely on its direction.
RISING = (
    "cosine", "cosine_second", "cosine_three", "cosine_mean", "side", "recall", "recall_new", "precision", "trigram",
    "bigram_margin", "vocabulary", "polarity_lead",
)  # fmt: skip
FALLING = (
    "cosine_reject", "cosine_reject_two", "cosine_other", "reject_recall", "reject_vocabulary", "negation_gap",
    "negation_gap_three", "opposites", "scattered", "scattered_share", "scattered_vocabulary",
)  # fmt: skip
THRESHOLDS = {"present": 0.6, "unsure": 0.05, "contradicted": 0.3}
"""A point is absent where the model is sure by 95 %, and present where that is clearly likelier than not: from 0.6 on
fewer mistakes of strangers are credited than from 0.5 on (5 for 9 of 99) for 2 of 118 right ones. Between the two the
candidate is asked."""
LEXICAL_THRESHOLDS = THRESHOLDS | {"present": 0.85}
"""Words alone are taken in by a single wrong word more easily: more is left to the candidate's own judgement."""
_SAME = 1e-3


Fitted = Any
"""scikit-learn's HistGradientBoostingClassifier, which is an extra."""
Told = Callable[[str, int, int], None]


def fit(chosen: Sequence[Example], rounds: int = 3) -> Fitted:
    """The trees, after *rounds* of choosing windows and fitting. Needs scikit-learn."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415

    good = [one for one in chosen if one.label]
    bad = [one for one in chosen if not one.label]
    bad_rows = np.vstack([one.rows for one in bad])
    bad_weights = np.concatenate([np.full(len(one.rows), one.weight / len(one.rows) ** 0.5) for one in bad])
    good_weights = np.array([one.weight for one in good])
    good_weights *= bad_weights.sum() / good_weights.sum()
    picked = [one.rows[int(one.rows[:, 0].argmax())] for one in good]
    for _ in range(rounds):
        model = HistGradientBoostingClassifier(
            max_iter=300,
            early_stopping=False,  # it would set rows aside at random, and fits of unlike length share no calibration
            learning_rate=0.06,
            max_leaf_nodes=16,
            min_samples_leaf=20,
            l2_regularization=5,
            monotonic_cst=[(name in RISING) - (name in FALLING) for name in NAMES],
            random_state=0,
        )
        rows = np.vstack([np.array(picked), bad_rows])
        labels = np.r_[np.ones(len(picked)), np.zeros(len(bad_rows))]
        model.fit(rows, labels, sample_weight=np.r_[good_weights, bad_weights])
        picked = [one.rows[int(odds.argmax())] for one, odds in zip(good, _by_example(model, good), strict=True)]
    return model


def _by_example(model: Fitted, chosen: Sequence[Example]) -> list[Rows]:
    odds = model.decision_function(np.vstack([one.rows for one in chosen]))
    return np.split(odds, np.cumsum([len(one.rows) for one in chosen])[:-1])


@dataclass(frozen=True)
class Fold:
    """A fit, the indices of the examples that it did not learn from, and the best log odds of each of those."""

    model: Fitted
    test: Sequence[int]
    odds: Rows


def cross_fit(chosen: Sequence[Example], folds: int, told: Told) -> list[Fold]:
    """A fit for each of *folds* parts of the items, which has not seen them. *told* hears how far it is."""
    parts = fold_of([one.item for one in chosen], folds)
    found = []
    for number in range(int(parts.max()) + 1):
        test = np.flatnonzero(parts == number).tolist()
        model = fit([one for one, part in zip(chosen, parts, strict=True) if part != number])
        odds = np.array([one.max() for one in _by_example(model, [chosen[index] for index in test])])
        found.append(Fold(model, test, odds))
        told("fitting", number + 1, int(parts.max()) + 1)
    return found


def held_out(chosen: Sequence[Example], found: Sequence[Fold]) -> Rows:
    """Each example's best log odds, by the fit that has not seen its item."""
    best = np.zeros(len(chosen))
    for fold in found:
        best[list(fold.test)] = fold.odds
    return best


def calibration(chosen: Sequence[Example], best: Rows) -> tuple[float, float]:
    """Platt's slope and offset, on real answers, good and bad weighing the same."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    real = np.array([one.sort in REAL for one in chosen])
    labels = np.array([one.label for one in chosen])[real]
    curve = LogisticRegression(C=100, class_weight="balanced").fit(best[real, None], labels)
    return float(curve.coef_[0][0]), float(curve.intercept_[0])


def written(
    model: Fitted, curve: tuple[float, float], *, version: str, command: str, bank: str, lexical: bool
) -> dict[str, Any]:
    """The contents of a model's file: *curve* is the slope and offset of its calibration, *bank* its fingerprint."""
    return {
        "version": version,
        "command": command,
        "bank": bank,
        "features": list(NAMES),
        "slope": round(curve[0], 4),
        "offset": round(curve[1], 4),
        **(LEXICAL_THRESHOLDS if lexical else THRESHOLDS),
        **_columns(model),
    }


def check(model: Model, fitted: Fitted, chosen: Sequence[Example]) -> None:
    """The file must answer as the fit does; values near a threshold may fall either way by rounding."""
    rows = np.vstack([one.rows for one in chosen])
    difference = np.abs(model.log_odds(rows) - fitted.decision_function(rows))
    if np.quantile(difference, 0.999) >= _SAME:
        raise AssertionError(f"the written model differs by {difference.max()}")


def unseen_models(chosen: Sequence[Example], folds: int, *, lexical: bool, told: Told) -> dict[str, Model]:
    """For each item a model that has not learned from it, calibrated on the items of the other folds."""
    found = cross_fit(chosen, folds, told)
    best = held_out(chosen, found)
    models: dict[str, Model] = {}
    for number, fold in enumerate(found):
        kept = [index for other in found if other is not fold for index in other.test]
        curve = calibration([chosen[index] for index in kept], best[kept])
        body = written(fold.model, curve, version=f"unseen-{number}", command="", bank="", lexical=lexical)
        models |= dict.fromkeys({chosen[index].item for index in fold.test}, model_from(body))
    return models


def _columns(model: Fitted) -> dict[str, Any]:
    """The fitted trees as plain columns, with values rounded to what matters."""
    trees = []
    for (predictor,) in model._predictors:
        nodes = predictor.nodes
        trees.append(
            {
                "feature": nodes["feature_idx"].tolist(),
                "threshold": nodes["num_threshold"].tolist(),
                "left": nodes["left"].tolist(),
                "right": nodes["right"].tolist(),
                "value": [round(float(one), 6) for one in nodes["value"]],
            }
        )
    return {"bias": float(model._baseline_prediction.ravel()[0]), "trees": trees}
