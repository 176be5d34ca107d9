def shortest_excerpt(log: list[str], needed: dict[str, int]) -> tuple[int, int] | None:
    lack = dict(needed)
    missing = len(lack)
    best = None
    start = 0
    for stop, kind in enumerate(log, 1):
        if kind in lack:
            lack[kind] -= 1
            if lack[kind] == 0:
                missing -= 1
        while missing == 0:
            if best is None or stop - start < best[1] - best[0]:
                best = (start, stop)
            left = log[start]
            if left in lack:
                if lack[left] == 0:
                    missing += 1
                lack[left] += 1
            start += 1
    return best
