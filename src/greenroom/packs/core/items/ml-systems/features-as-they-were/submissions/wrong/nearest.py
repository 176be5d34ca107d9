from bisect import bisect_left
from collections import defaultdict


def as_of(events, values, max_age):
    # The nearest in time, whichever side it is on.
    known = defaultdict(list)
    for owner, at, value in values:
        known[owner].append((at, value))
    for kept in known.values():
        kept.sort()
    answer = []
    for customer, time in events:
        kept = known[customer]
        place = bisect_left(kept, (time,))
        near = [(abs(time - at), value) for at, value in kept[max(0, place - 1) : place + 1] if abs(time - at) < max_age]
        answer.append(min(near)[1] if near else None)
    return answer
