"""For each customer: the times at which a row becomes usable, and the best row up to each of them."""

from bisect import bisect_right
from collections import defaultdict
from itertools import accumulate


def as_of(events, rows):
    """Bisect into the running bests."""
    own = defaultdict(list)
    for place, (customer, valid_from, arrived, value) in enumerate(rows):
        own[customer].append((max(valid_from, arrived), (valid_from, arrived, place, value)))
    times, bests = {}, {}
    for customer, usable in own.items():
        usable.sort()
        times[customer] = [time for time, _ in usable]
        bests[customer] = list(accumulate((rank for _, rank in usable), max))
    found = []
    for customer, at in events:
        place = bisect_right(times.get(customer, ()), at)
        found.append(bests[customer][place - 1][3] if place else None)
    return found
