"""Fit the grader's model on the bank's own answers and phrasings, and say how it does on items it has not seen.

    python bench/grading/fit.py [--write] [--lexical]

What an example is, and how the fit goes, stands in `greenroom.grading.fitting.points` and `trees`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Kind
from greenroom.grading import service
from greenroom.grading.decision import model_from
from greenroom.grading.encoder import MiniLM
from greenroom.grading.fitting import trees
from greenroom.grading.fitting.points import WEIGHTS, Example, Rows, examples

FOLDS = 8


def report(chosen: Sequence[Example], probabilities: Rows) -> None:
    for threshold in (0.25, 0.4, 0.5, 0.6, 0.7, 0.8):
        line = []
        for sort in WEIGHTS:
            for label in (1, 0):
                some = np.array([one.sort == sort and one.label == label for one in chosen])
                if some.sum() >= 5:
                    line.append(f"{sort}/{label} {np.mean(probabilities[some] >= threshold):.2f}")
        print(f"  p ≥ {threshold}: " + ", ".join(line))


def told(what: str, done: int, total: int) -> None:
    print(f"{what}: {done} of {total}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write src/greenroom/grading/model.json")
    parser.add_argument("--lexical", action="store_true", help="without the encoder: lexical.json")
    options = parser.parse_args()
    bank = [item for item in load_pack(core_pack_folder()).items if item.kind is Kind.concept]
    chosen = list(examples(bank, None if options.lexical else MiniLM()))
    best = trees.held_out(chosen, trees.cross_fit(chosen, FOLDS, told))
    slope, offset = trees.calibration(chosen, best)
    print(f"{len(bank)} items, {len(chosen)} examples; share that reaches p, on items that the fit has not seen:")
    report(chosen, 1 / (1 + np.exp(-(slope * best + offset))))
    fitted = trees.fit(chosen)
    name = "lexical" if options.lexical else "model"
    body = trees.written(
        fitted,
        (slope, offset),
        version=f"2-{name}-{len(bank)}",
        command=f"python bench/grading/fit.py --write{' --lexical' if options.lexical else ''}",
        lexical=options.lexical,
    )
    trees.check(model_from(body), fitted, chosen)
    if options.write:
        path = Path(service.__file__).parent / f"{name}.json"
        path.write_text(json.dumps(body, separators=(",", ":")) + "\n", encoding="utf-8")
        print("written:", path.name)


if __name__ == "__main__":
    main()
