"""The training set: a label and a feature for each event."""

from history import as_of
from shapes import Event, Row


def training_set(events: list[Event], labels: list[int], rows: list[Row]) -> list[tuple[float, int]]:
    """Return (value, label) of each event that has a value."""
    values = as_of(events, rows)
    return [(value, label) for value, label in zip(values, labels, strict=True) if value is not None]
