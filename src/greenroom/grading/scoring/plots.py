"""What the plots of an evaluation show, as plain numbers. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from greenroom.grading.scoring.metrics import BINS, Floats, classification, figures

_COVERAGES = tuple(range(5, 101, 5))


def plots(
    truth: Sequence[str], chosen: Sequence[str], confidence: Floats, families: Sequence[str], classes: Sequence[str]
) -> dict[str, Any]:
    """Reliability, accuracy by coverage, confusion and macro-F1 by family.

    *confidence*, 0..1, is that of *chosen*. All of one length.
    """
    right = np.array([one == two for one, two in zip(truth, chosen, strict=True)], dtype=float)
    return {
        "reliability": _reliability(confidence, right),
        "coverage": _coverage(confidence, right),
        "confusion": confusion(truth, chosen),
        "families": _families(truth, chosen, families, classes),
    }


def _reliability(confidence: Floats, right: Floats) -> list[dict[str, float]]:
    """For each bin of equal width that is not empty: how many, how sure, and the share that is right."""
    which = np.minimum((confidence * BINS).astype(int), BINS - 1)
    found = []
    for number in range(BINS):
        own = which == number
        if own.any():
            mean, accuracy = float(confidence[own].mean()), float(right[own].mean())
            found.append(
                {
                    "low": number / BINS,
                    "count": int(own.sum()),
                    "confidence": round(mean, 4),
                    "accuracy": round(accuracy, 4),
                }
            )
    return found


def _coverage(confidence: Floats, right: Floats) -> list[dict[str, float]]:
    """The accuracy of the surest answers, for shares of them from 5 to 100 %."""
    ordered = right[np.argsort(-confidence, kind="stable")]
    found = []
    for share in _COVERAGES if len(ordered) else ():
        kept = ordered[: max(1, round(share / 100 * len(ordered)))]
        found.append({"coverage": share / 100, "accuracy": round(float(kept.mean()), 4)})
    return found


def confusion(truth: Sequence[str], chosen: Sequence[str]) -> dict[str, dict[str, int]]:
    """How often each class was said of each, by truth and then by what was said."""
    counts = Counter(zip(truth, chosen, strict=True))
    columns = sorted(set(truth) | set(chosen), key=lambda one: (one not in truth, one))
    return {row: {column: counts[row, column] for column in columns} for row in sorted(set(truth))}


def _families(
    truth: Sequence[str], chosen: Sequence[str], families: Sequence[str], classes: Sequence[str]
) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for family in sorted(set(families)):
        own = [at for at, one in enumerate(families) if one == family]
        measured = classification([truth[at] for at in own], [chosen[at] for at in own], classes)
        value = figures({"f1": measured["macro_f1"]}, ["all"] * len(own), resamples=0, seed=0)["f1"].as_json()["value"]
        found[family] = {"points": len(own), "macro_f1": value}
    return found
