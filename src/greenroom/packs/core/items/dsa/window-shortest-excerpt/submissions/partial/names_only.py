def shortest_excerpt(log, needed):
    # Every needed kind at least once, whatever the number says.
    last = {}
    best = None
    for at, kind in enumerate(log):
        if kind in needed:
            last[kind] = at
            if len(last) == len(needed):
                start = min(last.values())
                if best is None or at + 1 - start < best[1] - best[0]:
                    best = (start, at + 1)
    return best
