from collections import Counter


def shortest_excerpt(log, needed):
    held = Counter()
    start, best = 0, None
    for stop, kind in enumerate(log, 1):
        held[kind] += 1
        while all(held[kind] >= times for kind, times in needed.items()):
            if best is None or stop - start < best[1] - best[0]:
                best = (start, stop)
            held[log[start]] -= 1
            start += 1
    return best
