from collections import Counter


def shortest_excerpt(log, needed):
    """Shrink first, judge afterwards: the window starts at the last line that it cannot do without."""
    held = Counter()
    satisfied = 0
    start, best = 0, None
    for end, kind in enumerate(log):
        held[kind] += 1
        if held[kind] == needed.get(kind):
            satisfied += 1
        while satisfied == len(needed) and held[log[start]] > needed.get(log[start], 0):
            held[log[start]] -= 1
            start += 1
        if satisfied == len(needed):
            length = end - start + 1
            if best is None or length < best[0]:
                best = (length, start)
    return None if best is None else (best[1], best[1] + best[0])
