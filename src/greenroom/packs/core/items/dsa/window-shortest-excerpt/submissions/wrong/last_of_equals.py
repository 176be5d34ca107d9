from collections import Counter


def shortest_excerpt(log, needed):
    held, start, best = Counter(), 0, None
    for end, kind in enumerate(log):
        held[kind] += 1
        while all(held[name] >= needed[name] for name in needed):
            if best is None or end - start <= best[1] - best[0]:
                best = (start, end)  # inclusive, and the last one of equals
            held[log[start]] -= 1
            start += 1
    return best
