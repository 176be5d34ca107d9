"""Trainings on the cluster."""

from greenroom_lab import Refused, ask

__all__ = ["Refused", "run"]


def run(rows: int, size: int) -> tuple[float, float]:
    """Return (training error, validation error) of a model of *size* that was trained on *rows* rows.

    Raises Refused when the budget does not allow it.
    """
    training, validation = ask("run", rows, size)
    return training, validation
