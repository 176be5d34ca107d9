"""Values of a feature as they were at the time of past events."""

from bisect import bisect_right
from collections import defaultdict

from shapes import Event, Row


def as_of(events: list[Event], rows: list[Row]) -> list[float | None]:
    """Return the value that each of *events* gets, None where there is none."""
    history: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for customer, valid_from, _, value in rows:
        history[customer].append((valid_from, value))
    for own in history.values():
        own.sort()
    found: list[float | None] = []
    for customer, at in events:
        own = history[customer]
        place = bisect_right(own, at, key=lambda row: row[0])
        found.append(own[place - 1][1] if place else None)
    return found
