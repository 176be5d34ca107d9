"""Fit the filter for sentences that commit to nothing, and say how it does on texts it has not seen.

    python bench/grading/noncommittal.py [--write | --check]

It learns from `noncommittal.yaml` (answers that name the terms of a question and say nothing of them) beside the core
pack's declared answers and phrasings, right ones and wrong ones. Word groups and weights are all that it keeps.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.grading import commitment
from greenroom.grading.sentences import sentences
from greenroom.grading.service import phrasings_of
from greenroom.grading.words import words

FEWEST_WORDS = 4
LONGEST_GROUP = 3
PENALTY = 1.0
"""The inverse strength of the L1 penalty: some 900 word groups are left, and every declared answer keeps its points."""
DOUBTED = 0.005
"""The share of committed sentences over whose score the filter begins, on items that the fit has not seen."""
SAME = 0.05
"""How far a weight of two fits may be apart: sums depend a little on the processor."""
COMMAND = "python bench/grading/noncommittal.py --write"


def parts_of(text: str) -> list[str]:
    return [one for one in sentences(text) if len(words(one)) >= FEWEST_WORDS]


def material() -> tuple[list[str], list[int], list[str]]:
    """Sentences, whether each commits to nothing, and the item that each is about."""
    told: list[tuple[str, int, str]] = []
    for item in load_pack(core_pack_folder()).items:
        for submission in item.submissions:
            if submission.sort in ("accepted", "partial", "wrong") and submission.path.suffix == ".md":
                told += [(one, 0, item.slug) for one in parts_of(submission.path.read_text(encoding="utf-8"))]
        for point in item.head.rubric:
            if point.claim:
                known = phrasings_of(point)
                told += [(one, 0, item.slug) for one in (known.claim, *known.accepts, *known.rejects)]
    for one in yaml.safe_load(Path(__file__).with_name("noncommittal.yaml").read_text(encoding="utf-8")):
        told += [(part, 1, one["item"]) for part in parts_of(one["text"])]
    texts, labels, groups = zip(*told, strict=True)
    return list(texts), list(labels), list(groups)


def fitted() -> dict[str, Any]:
    """The contents of the filter's file."""
    texts, labels, groups = material()
    counted = CountVectorizer(
        tokenizer=words, lowercase=False, ngram_range=(1, LONGEST_GROUP), binary=True, min_df=2, token_pattern=None
    )
    rows, truth = counted.fit_transform(texts), np.array(labels)
    model = LogisticRegression(
        C=PENALTY, l1_ratio=1.0, solver="liblinear", class_weight="balanced", max_iter=3000, random_state=0
    )
    odds = cross_val_predict(model, rows, truth, groups=groups, cv=GroupKFold(5), method="decision_function")
    begins = float(np.quantile(odds[truth == 0], 1 - DOUBTED))
    found = float(np.mean(odds[truth == 1] >= begins))
    print(f"{len(truth)} sentences, {truth.sum()} of them committed to nothing; {found:.0%} of those are found")
    print(f"on items that the fit has not seen, where {DOUBTED:.1%} of the others are doubted")
    weights = model.fit(rows, truth).coef_[0]
    names = counted.get_feature_names_out()
    kept = {str(names[at]): round(float(weights[at]), 6) for at in np.flatnonzero(weights)}
    return {
        "command": COMMAND,
        "begins": round(begins, 6),
        "offset": round(float(model.intercept_[0]), 6),
        "weights": dict(sorted(kept.items())),
    }


def furthest(one: dict[str, Any], other: dict[str, Any]) -> float:
    """How far two filters are apart, at the number where they are farthest."""
    ours, theirs = ({**filter_["weights"], "": filter_["offset"], " ": filter_["begins"]} for filter_ in (one, other))
    return max(abs(ours.get(name, 0.0) - theirs.get(name, 0.0)) for name in ours.keys() | theirs.keys())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", action="store_true", help="write the file that ships")
    what.add_argument("--check", action="store_true", help="compare with it")
    chosen = parser.parse_args()
    body = fitted()
    path = Path(commitment.__file__).with_name("noncommittal.json")
    if chosen.write:
        path.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written: {path.name}, {len(body['weights'])} word groups")
    elif chosen.check and furthest(json.loads(path.read_text(encoding="utf-8")), body) > SAME:
        sys.exit(f"{path.name} is not what `{COMMAND}` makes of the bank as it is")


if __name__ == "__main__":
    main()
