def pair_up(caller, callee, tolerance):
    # The right choice, but every call searches the log from its beginning.
    taken = [False] * len(callee)
    pairs = []
    for i, time in enumerate(caller):
        for j, other in enumerate(callee):
            if not taken[j] and abs(time - other) <= tolerance:
                taken[j] = True
                pairs.append((i, j))
                break
    return pairs
