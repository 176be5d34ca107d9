"""Right, with a look at all rows of the customer for each event."""

from collections import defaultdict


def as_of(events, rows):
    """Return the value of the best usable row."""
    own = defaultdict(list)
    for place, (customer, valid_from, arrived, value) in enumerate(rows):
        own[customer].append((valid_from, arrived, place, value))
    found = []
    for customer, at in events:
        best = max((row for row in own[customer] if row[0] <= at and row[1] <= at), default=None)
        found.append(None if best is None else best[3])
    return found
