"""Fit the grader's model on the bank's own answers and phrasings, and say how it does on items it has not seen.

    python bench/grading/fit.py [--write] [--lexical]

An example is a point beside an answer. Present: accepted answers and points declared present, and each accepted
phrasing held against the others. Not present: points declared otherwise, rejected phrasings, denials of good
sentences, phrasings of other points, and answers to other items of the topic.

Which window of an answer states a claim is not known, so the fit alternates: choose each good answer's best window,
fit, choose again; of an answer that does not state the claim, every window is a counter-example (multiple-instance
learning, MI-SVM's scheme, Andrews et al. 2003). Folds are grouped by item, and the calibration (Platt 1999)
is fitted on the folds' held-out log odds alone.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from denial import deny
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from greenroom.bank.loader import core_pack_folder, load_item
from greenroom.bank.models import Item, Kind
from greenroom.bank.rubric import Phrasings
from greenroom.bank.source import PackError
from greenroom.bank.verification import expected_findings
from greenroom.grading import service
from greenroom.grading.decision import Model, model_from
from greenroom.grading.encoder import Encoder, MiniLM
from greenroom.grading.features import NAMES, Gauge
from greenroom.grading.guards import refuse
from greenroom.grading.sentences import Window, sentences
from greenroom.grading.words import content

Rows = npt.NDArray[np.float64]

# How much an example of each sort weighs: real answers most, made ones least.
WEIGHTS = {
    "accepted": 3.0, "partial": 3.0, "wrong": 2.0, "hostile": 2.0, "denied": 1.0, "neighbour": 0.3,
    "phrase": 1.0, "phrase-rejected": 1.0, "phrase-denied": 0.5, "phrase-other": 0.3,
    "phrase-itself": 0.3,
}  # fmt: skip
REAL = ("accepted", "partial", "wrong", "hostile")
# A model must not think less of an answer that is nearer to what is right, nor more of one nearer to what is wrong:
# an author who adds a phrasing can rely on its direction.
RISING = (
    "cosine", "cosine_second", "cosine_three", "cosine_mean", "side", "recall", "recall_new", "precision", "trigram",
    "bigram_margin", "vocabulary", "polarity_lead",
)  # fmt: skip
FALLING = (
    "cosine_reject", "cosine_reject_two", "cosine_other", "reject_recall", "reject_vocabulary", "negation_gap",
    "negation_gap_three", "opposites",
)  # fmt: skip
THRESHOLDS = {"present": 0.7, "unsure": 0.3, "contradicted": 0.3}
LEXICAL_THRESHOLDS = THRESHOLDS | {"present": 0.85}
"""Words alone are taken in by a single wrong word more easily: more is left to the candidate's own judgement."""


@dataclass(frozen=True)
class Example:
    """A point beside an answer: one row of features for each window of the answer."""

    item: str
    label: int
    rows: Rows
    sort: str

    @property
    def weight(self) -> float:
        return WEIGHTS[self.sort]


def items() -> list[Item]:
    found = []
    for folder in sorted(core_pack_folder().glob("items/*/*")):
        try:
            item = load_item(folder, root=core_pack_folder())
        except PackError as error:
            print("left out:", error)
            continue
        if item.kind is Kind.concept:
            found.append(item)
    return found


def examples(bank: Sequence[Item], encoder: Encoder | None) -> Iterator[Example]:
    for item in bank:
        yield from _phrases(item, encoder)
        yield from _answers(item, bank, encoder)


def _rows(gauge: Gauge, windows: Sequence[Window]) -> Rows:
    return np.array([seen.features for seen in gauge.look(windows)], dtype=float)


def _phrases(item: Item, encoder: Encoder | None) -> Iterator[Example]:
    """Every phrasing held against the point without itself."""
    draw = random.Random(item.slug)
    known = content(f"{item.title}\n{item.prompt}")

    def example(label: int, text: str, sort: str, accepts: list[str], rejects: list[str], other: list[str]) -> Example:
        phrasings = Phrasings(claim=accepts[0], accepts=tuple(accepts[1:]), rejects=tuple(rejects))
        gauge = Gauge(phrasings, other, known, encoder)
        return Example(item.slug, label, _rows(gauge, [Window(text, 0, 0, text)]), sort)

    for point in item.head.rubric:
        phrasings = service._phrasings(point)
        accepts, rejects = [phrasings.claim, *phrasings.accepts], list(phrasings.rejects)
        other = service.others(item, point)
        for phrase in accepts if len(accepts) > 1 else ():
            rest = [one for one in accepts if one != phrase]
            yield example(1, phrase, "phrase", rest, rejects, other)
            yield example(0, deny(phrase), "phrase-denied", rest, rejects, other)
        for phrase in draw.sample(accepts, min(3, len(accepts))):
            yield example(1, phrase, "phrase-itself", accepts, rejects, other)
            yield example(0, deny(phrase), "phrase-denied", accepts, rejects, other)
        for phrase in rejects:
            rest = [one for one in rejects if one != phrase]
            yield example(0, phrase, "phrase-rejected", accepts, rest, other)
        for phrase in draw.sample(other, min(6, len(other))):
            yield example(0, phrase, "phrase-other", accepts, rejects, [one for one in other if one != phrase])


def _answers(item: Item, bank: Sequence[Item], encoder: Encoder | None) -> Iterator[Example]:
    """Every declared answer, its denial, and answers to neighbouring items, held against every point."""
    prompt = f"{item.title}\n{item.prompt}"
    nothing: dict[str, str | float] = {point.id: 0.0 for point in item.head.rubric}
    answers = []
    for submission in item.submissions:
        text = submission.path.read_text(encoding="utf-8")
        answers.append((str(submission.sort), text, expected_findings(item, submission)))
        if submission.sort == "accepted":
            answers.append(("denied", " ".join(map(deny, sentences(text))), nothing))
    for neighbour in [one for one in bank if one.topic is item.topic and one.slug != item.slug][:2]:
        text = next(one.path.read_text(encoding="utf-8") for one in neighbour.submissions if one.sort == "accepted")
        answers.append(("neighbour", text, nothing))
    gauges = {
        point.id: Gauge(service._phrasings(point), service.others(item, point), content(prompt), encoder)
        for point in item.head.rubric
    }
    for sort, text, expected in answers:
        parts = sentences(text)
        windows = [] if refuse(text, parts, prompt) else service.readable(parts, prompt)
        for point_id, gauge in gauges.items():
            label = _label(expected.get(point_id))
            if windows and label is not None:
                yield Example(item.slug, label, _rows(gauge, windows), sort)


def _label(expected: str | float | None) -> int | None:
    if expected is None:
        return None
    if isinstance(expected, str):
        return 1 if expected == "present" else 0 if "present" not in expected else None
    return int(expected >= 1.0)


def fit(chosen: Sequence[Example], rounds: int = 3) -> HistGradientBoostingClassifier:
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


def _by_example(model: HistGradientBoostingClassifier, chosen: Sequence[Example]) -> list[Rows]:
    odds = model.decision_function(np.vstack([one.rows for one in chosen]))
    return np.split(odds, np.cumsum([len(one.rows) for one in chosen])[:-1])


def held_out(chosen: Sequence[Example], folds: int = 8) -> Rows:
    """Each example's best log odds, by a model that has not seen its item."""
    groups = np.array([one.item for one in chosen])
    best = np.zeros(len(chosen))
    for train, test in GroupKFold(n_splits=min(folds, len(set(groups)))).split(groups, groups, groups):
        model = fit([chosen[index] for index in train])
        best[test] = [odds.max() for odds in _by_example(model, [chosen[index] for index in test])]
    return best


def calibration(chosen: Sequence[Example], best: Rows) -> tuple[float, float]:
    """Platt's slope and offset, on real answers, good and bad weighing the same."""
    real = np.array([one.sort in REAL for one in chosen])
    labels = np.array([one.label for one in chosen])[real]
    curve = LogisticRegression(C=100, class_weight="balanced").fit(best[real, None], labels)
    return float(curve.coef_[0][0]), float(curve.intercept_[0])


def as_json(model: HistGradientBoostingClassifier) -> dict[str, Any]:
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


def report(chosen: Sequence[Example], probabilities: Rows) -> None:
    for threshold in (0.25, 0.4, 0.5, 0.6, 0.7, 0.8):
        line = []
        for sort in WEIGHTS:
            for label in (1, 0):
                some = np.array([one.sort == sort and one.label == label for one in chosen])
                if some.sum() >= 5:
                    line.append(f"{sort}/{label} {np.mean(probabilities[some] >= threshold):.2f}")
        print(f"  p ≥ {threshold}: " + ", ".join(line))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write src/greenroom/grading/model.json")
    parser.add_argument("--lexical", action="store_true", help="without the encoder: lexical.json")
    options = parser.parse_args()
    bank = items()
    chosen = list(examples(bank, None if options.lexical else MiniLM()))
    best = held_out(chosen)
    slope, offset = calibration(chosen, best)
    print(f"{len(bank)} items, {len(chosen)} examples; share that reaches p, on items that the fit has not seen:")
    report(chosen, 1 / (1 + np.exp(-(slope * best + offset))))
    fitted = fit(chosen)
    name = "lexical" if options.lexical else "model"
    body = {
        "version": f"2-{name}-{len(bank)}",
        "command": f"python bench/grading/fit.py --write{' --lexical' if options.lexical else ''}",
        "features": list(NAMES),
        "slope": round(slope, 4),
        "offset": round(offset, 4),
        **(LEXICAL_THRESHOLDS if options.lexical else THRESHOLDS),
        **as_json(fitted),
    }
    _same(model_from(body), fitted, np.vstack([one.rows for one in chosen]))
    if options.write:
        path = Path(service.__file__).parent / f"{name}.json"
        path.write_text(json.dumps(body, separators=(",", ":")) + "\n", encoding="utf-8")
        print("written:", path.name)


def _same(written: Model, fitted: HistGradientBoostingClassifier, rows: Rows) -> None:
    """The file must answer as the fitted model does; values near a threshold may fall either way by rounding."""
    difference = np.abs(written.log_odds(rows) - fitted.decision_function(rows))
    assert np.quantile(difference, 0.999) < 1e-3, f"the written model differs by {difference.max()}"


if __name__ == "__main__":
    main()
