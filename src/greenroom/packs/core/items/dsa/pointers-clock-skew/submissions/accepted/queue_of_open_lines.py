from bisect import bisect_left


def pair_up(caller, callee, tolerance):
    """Each call takes the first line of the service that is in reach and not behind the last one taken."""
    pairs = []
    free = 0
    for i, time in enumerate(caller):
        j = bisect_left(callee, time - tolerance, lo=free)
        if j < len(callee) and callee[j] <= time + tolerance:
            pairs.append((i, j))
            free = j + 1
        else:
            free = j
    return pairs
