"""The row that arrived last counts, whatever it is about."""

from bisect import bisect_right
from collections import defaultdict


def as_of(events, rows):
    """Bisect by arrival."""
    own = defaultdict(list)
    for place, (customer, _, arrived, value) in enumerate(rows):
        own[customer].append((arrived, place, value))
    for one in own.values():
        one.sort()
    found = []
    for customer, at in events:
        place = bisect_right(own[customer], at, key=lambda row: row[0])
        found.append(own[customer][place - 1][2] if place else None)
    return found
