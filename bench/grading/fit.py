"""Fit the grader's small model on the bank's own declared answers, and say how it does on items it has not seen.

    python bench/grading/fit.py [--write] [--lexical]

An example is a point beside an answer. Present: accepted answers and points declared present. Not present: points
declared otherwise (counted twice, since false credit is the worse fault) and answers to other items of the same
topic. Which window of an answer states a claim is not known, so
the fit alternates: choose each answer's best window, fit, choose again (multiple-instance learning, MI-SVM's
scheme, Andrews et al. 2003). Folds are grouped by item.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from greenroom.bank.loader import core_pack_folder, load_item
from greenroom.bank.models import Item, Kind, Phrasings
from greenroom.bank.source import PackError
from greenroom.bank.verification import expected_findings
from greenroom.grading import service
from greenroom.grading.encoder import Encoder, MiniLM
from greenroom.grading.features import NAMES, look
from greenroom.grading.guards import is_echo, is_instruction, is_keyword_list, is_question, refuse
from greenroom.grading.sentences import sentences, windows
from greenroom.grading.words import content

Rows = npt.NDArray[np.float64]


USED = (
    "cosine", "cosine_second", "margin", "recall", "recall_new", "trigram", "bigram_margin", "negation_gap",
    "reject_recall",
)  # fmt: skip
_COLUMNS = [NAMES.index(name) for name in USED]


@dataclass(frozen=True)
class Example:
    item: str
    label: int
    bag: Rows
    sort: str
    weight: float = 1.0


def bag(answer: str, item: Item, phrasings: Phrasings, encoder: Encoder | None) -> Rows | None:
    prompt = f"{item.title}\n{item.prompt}"
    parts = sentences(answer)
    if refuse(answer, parts, prompt):
        return None
    known = content(prompt)
    kept = ["" if is_instruction(p) or is_question(p) or is_echo(p, known, prompt) else p for p in parts]
    chosen = [one for one in windows(kept) if one.text.strip() and not is_keyword_list(one.text)]
    looked = look(chosen, phrasings, known, encoder)
    return np.array([one.features for one in looked], dtype=float)[:, _COLUMNS] if looked else None


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


def examples(bank: list[Item], encoder: Encoder | None) -> Iterator[Example]:
    for item in bank:
        points = [(point, service._phrasings(point)) for point in item.head.rubric]
        for submission in item.submissions:
            text = submission.path.read_text(encoding="utf-8")
            expected = expected_findings(item, submission)
            for point, phrasings in points:
                label = _label(expected.get(point.id))
                rows = bag(text, item, phrasings, encoder) if label is not None else None
                if rows is not None and label is not None:
                    heavy = submission.sort in ("wrong", "hostile")
                    yield Example(item.slug, label, rows, str(submission.sort), 2.0 if heavy else 1.0)
    for item in bank:
        neighbours = [one for one in bank if one.topic is item.topic and one.slug != item.slug][:3]
        for neighbour in neighbours:
            for submission in [one for one in neighbour.submissions if one.sort == "accepted"][:1]:
                text = submission.path.read_text(encoding="utf-8")
                for point in item.head.rubric:
                    rows = bag(text, item, service._phrasings(point), encoder)
                    if rows is not None:
                        yield Example(item.slug, 0, rows, "neighbour", 0.5)


def _label(expected: str | float | None) -> int | None:
    if expected is None:
        return None
    if isinstance(expected, str):
        return 1 if expected == "present" else 0 if "present" not in expected else None
    return int(expected >= 1.0)


def fit(rows: list[Example], rounds: int = 6) -> LogisticRegression:
    picked = [example.bag[int(example.bag[:, 0].argmax())] for example in rows]
    labels = np.array([example.label for example in rows])
    weights = np.array([example.weight for example in rows])
    model = LogisticRegression(C=1.0, max_iter=3000)
    for _ in range(rounds):
        model.fit(np.array(picked), labels, sample_weight=weights)
        picked = [example.bag[int((example.bag @ model.coef_[0]).argmax())] for example in rows]
    return model


def probabilities(model: LogisticRegression, rows: list[Example]) -> Rows:
    return np.array([model.predict_proba(example.bag)[:, 1].max() for example in rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write src/greenroom/grading/model.json")
    parser.add_argument("--lexical", action="store_true", help="without the encoder: lexical.json")
    options = parser.parse_args()
    encoder = None if options.lexical else MiniLM()
    bank = items()
    rows = list(examples(bank, encoder))
    labels = np.array([example.label for example in rows])
    groups = np.array([example.item for example in rows])
    held_out = np.zeros(len(rows))
    for train, test in GroupKFold(n_splits=min(8, len(bank))).split(rows, labels, groups):
        model = fit([rows[index] for index in train])
        held_out[test] = probabilities(model, [rows[index] for index in test])
    print(f"{len(bank)} items, {len(rows)} examples; on items that the fit has not seen:")
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        line = []
        for sort in sorted({example.sort for example in rows}):
            for label in (0, 1):
                chosen = np.array([example.sort == sort and example.label == label for example in rows])
                if chosen.sum() >= 5:
                    line.append(f"{sort}/{label} {np.mean(held_out[chosen] >= threshold):.2f}")
        print(f"  p ≥ {threshold}: " + ", ".join(line))
    model = fit(rows)
    weights = dict.fromkeys(NAMES, 0.0)
    weights |= {name: round(float(value), 4) for name, value in zip(USED, model.coef_[0], strict=True)}
    print(json.dumps(weights, indent=1), round(float(model.intercept_[0]), 4))
    if options.write:
        name = "lexical" if options.lexical else "model"
        body = {
            "version": f"1-{name}-{len(bank)}",
            "command": f"python bench/grading/fit.py --write{' --lexical' if options.lexical else ''}",
            "weights": weights,
            "bias": round(float(model.intercept_[0]), 4),
            "present": 0.38,
            "unsure": 0.16,
            "contradicted": 0.3,
        }
        path = Path(service.__file__).parent / f"{name}.json"
        path.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
        print("written:", path.name)


if __name__ == "__main__":
    main()
