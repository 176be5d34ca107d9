"""Fit the grader's model on the bank's own answers and phrasings, and say how it does on items it has not seen.

    python bench/grading/fit.py [--write | --check] [--lexical]

What an example is, and how the fit goes, stands in `greenroom.grading.fitting.points` and `trees`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Kind
from greenroom.grading import service
from greenroom.grading.decision import Model, model_from, packaged_model
from greenroom.grading.encoder import MiniLM
from greenroom.grading.fitting import trees
from greenroom.grading.fitting.points import WEIGHTS, Example, Rows, examples, fingerprint

FOLDS = 8
SAME = 0.02
"""How far the probabilities of two fits may be apart: the encoder's sums depend a little on the processor."""


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
    print(f"{what}: {done} of {total}", flush=True)


def fitted(lexical: bool) -> tuple[dict[str, Any], Sequence[Example]]:
    """The contents of a model's file, and what it was fitted on."""
    bank = [item for item in load_pack(core_pack_folder()).items if item.kind is Kind.concept]
    chosen = list(examples(bank, None if lexical else MiniLM()))
    best = trees.held_out(chosen, trees.cross_fit(chosen, FOLDS, told))
    slope, offset = trees.calibration(chosen, best)
    print(f"{len(bank)} items, {len(chosen)} examples; share that reaches p, on items that the fit has not seen:")
    report(chosen, 1 / (1 + np.exp(-(slope * best + offset))))
    model, learned = trees.fit(chosen), fingerprint(bank)
    body = trees.written(
        model,
        (slope, offset),
        version=f"4-{name(lexical)}-{learned[:8]}",
        command=f"python bench/grading/fit.py --write{' --lexical' if lexical else ''}",
        bank=learned,
        lexical=lexical,
    )
    trees.check(model_from(body), model, chosen)
    return body, chosen


def name(lexical: bool) -> str:
    return "lexical" if lexical else "model"


def is_same(made: Model, shipped: Model, chosen: Sequence[Example]) -> bool:
    """Whether the model that ships decides as the one just made."""
    rows = np.vstack([one.rows for one in chosen])
    one, two = made.probabilities(rows), shipped.probabilities(rows)
    other = np.count_nonzero((one >= made.present) != (two >= shipped.present))
    apart = np.abs(one - two)
    print(f"of {len(rows)} windows {other} are decided otherwise; probabilities differ by at most {apart.max():.2g}")
    return bool(apart.max() <= SAME)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write src/greenroom/grading/model.json")
    parser.add_argument("--check", action="store_true", help="fail unless the model that ships is the one just made")
    parser.add_argument("--lexical", action="store_true", help="without the encoder: lexical.json")
    options = parser.parse_args()
    body, chosen = fitted(options.lexical)
    if options.write:
        path = Path(service.__file__).parent / f"{name(options.lexical)}.json"
        path.write_text(json.dumps(body, separators=(",", ":")) + "\n", encoding="utf-8")
        print("written:", path.name)
    if options.check and not is_same(model_from(body), packaged_model(name(options.lexical)), chosen):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
