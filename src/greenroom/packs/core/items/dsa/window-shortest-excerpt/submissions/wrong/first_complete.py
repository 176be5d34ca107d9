def shortest_excerpt(log, needed):
    from collections import Counter

    held, start = Counter(), None
    for at, kind in enumerate(log):
        if kind in needed:
            start = at if start is None else start
            held[kind] += 1
            if all(held[name] >= needed[name] for name in needed):
                return (start, at + 1)
    return None
