from bisect import bisect_left


def pair_up(caller, callee, tolerance):
    # Forgets that a line may be used only once.
    pairs = []
    for i, time in enumerate(caller):
        j = bisect_left(callee, time - tolerance)
        if j < len(callee) and callee[j] <= time + tolerance:
            pairs.append((i, j))
    return pairs
