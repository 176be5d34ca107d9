"""The names and units of the grader's figures, and how their values are written. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Named:
    """A figure's name and unit; `percent`: it is a share that is written as a percentage."""

    name: str
    unit: str
    percent: bool = False

    def shown(self, value: float | None) -> str:
        """*value* as it is written; a dash for none."""
        if value is None:
            return "–"
        return f"{100 * value:.1f} %" if self.percent else f"{value:.3f}"


_NAMES = {
    "accuracy": Named("Accuracy", "of the points", percent=True),
    "macro_f1": Named("Macro-F1", "0 to 1, mean over the classes"),
    "brier": Named("Brier score", "0 to 1, lower is better"),
    "ece": Named("Expected calibration error", "0 to 1, lower is better"),
    "accuracy_at_50": Named("Accuracy of the surest half", "of the surer half of the points", percent=True),
    "abstained": Named("Left to people", "of the points", percent=True),
    "accuracy_answered": Named("Accuracy where it decides", "of the points that it decides", percent=True),
    "pearson_r": Named("Pearson's r", "−1 to 1"),
    "rmse": Named("Root mean squared error", "of an answer's points", percent=True),
    "mae": Named("Mean absolute error", "of an answer's points", percent=True),
    "mse": Named("Mean squared error", "share of an answer's points, squared"),
    "quadratic_kappa": Named("Quadratic kappa", "−1 to 1, 0 is chance"),
}  # fmt: skip
_BY_CLASS = {
    "precision": ("Precision", "of the points said to be {}", True),
    "recall": ("Recall", "of the points that are {}", True),
    "f1": ("F1", "0 to 1", False),
}


def named(key: str) -> Named:
    """The name of a figure by its key, such as `macro_f1` or `recall:present`; an unknown key names itself."""
    sort, _, label = key.partition(":")
    if label and sort in _BY_CLASS:
        name, unit, percent = _BY_CLASS[sort]
        return Named(f"{name}, {label}", unit.format(label), percent)
    return _NAMES.get(key, Named(key.replace("_", " "), ""))


def table(block: Mapping[str, Any], beside: Sequence[str] = ("lexical", "majority")) -> list[dict[str, str]]:
    """A row for each figure of `block["model"]`: name, unit, value and interval, and what those *beside* it reach."""
    return [
        _row(key, one, {other: block.get(other, {}).get(key) for other in beside})
        for key, one in block["model"].items()
    ]


def _row(key: str, one: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, str]:
    about = named(key)
    interval = "–" if one["low"] is None else f"{about.shown(one['low'])} to {about.shown(one['high'])}"
    values = {other: about.shown(found["value"] if found else None) for other, found in others.items()}
    return {"name": about.name, "unit": about.unit, "value": about.shown(one["value"]), "interval": interval, **values}
