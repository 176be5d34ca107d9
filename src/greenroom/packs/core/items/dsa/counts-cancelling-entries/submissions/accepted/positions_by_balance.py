from collections import defaultdict
from itertools import accumulate


def cancelling(amounts):
    where = defaultdict(list)
    for at, balance in enumerate(accumulate(amounts, initial=0)):
        where[balance].append(at)
    number = sum(len(places) * (len(places) - 1) // 2 for places in where.values())
    longest = max(places[-1] - places[0] for places in where.values())
    return number, longest
