"""The table of features that models are trained on."""

from typing import Any

from recipe import features, learned


def prepare(rows: list[dict[str, Any]]) -> tuple[list[list[float]], dict[str, Any]]:
    """Return the features of each of *rows*, and the state for the service."""
    state = learned(rows)
    return [features(row, state) for row in rows], state
