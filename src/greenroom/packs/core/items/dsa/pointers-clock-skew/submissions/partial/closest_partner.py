from bisect import bisect_left


def pair_up(caller, callee, tolerance):
    free = list(range(len(callee)))
    times = list(callee)
    pairs = []
    for i, time in enumerate(caller):
        at = bisect_left(times, time)
        near = [k for k in (at - 1, at) if 0 <= k < len(times) and abs(times[k] - time) <= tolerance]
        if near:
            best = min(near, key=lambda k: abs(times[k] - time))
            pairs.append((i, free[best]))
            del times[best], free[best]
    return pairs
