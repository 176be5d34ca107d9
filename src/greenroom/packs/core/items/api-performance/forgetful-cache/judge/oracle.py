"""The answers with a stamp for each use and two lazy heaps: the earliest death, and the use furthest back."""

import heapq


def oracle(capacity, ttl, operations):
    alive = {}  # key: (value, written, used)
    deaths, uses, answers = [], [], []
    for stamp, (at, name, key, value) in enumerate(operations):
        while deaths and deaths[0][0] <= at:
            death, gone = heapq.heappop(deaths)
            if gone in alive and alive[gone][1] + ttl == death:
                del alive[gone]
        if name == "get":
            if key not in alive:
                answers.append(None)
                continue
            stored, written, _used = alive[key]
            answers.append(stored)
            alive[key] = (stored, written, stamp)
        else:
            if key not in alive and len(alive) == capacity:
                while True:
                    used, victim = heapq.heappop(uses)
                    if victim in alive and alive[victim][2] == used:
                        del alive[victim]
                        break
            alive[key] = (value, at, stamp)
            heapq.heappush(deaths, (at + ttl, key))
        heapq.heappush(uses, (stamp, key))
    return answers
