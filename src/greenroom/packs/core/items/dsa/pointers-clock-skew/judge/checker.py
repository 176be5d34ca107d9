"""Any largest matching is right: check the pairs one by one and count them. *expected* is the largest number."""


def check(args, expected, actual):
    caller, callee, tolerance = args
    for side, times in ((0, caller), (1, callee)):
        used = [pair[side] for pair in actual]
        if any(not 0 <= index < len(times) for index in used):
            return "an index lies outside its list"
        if len(set(used)) != len(used):
            return "a line is used twice"
    for i, j in actual:
        if abs(caller[i] - callee[j]) > tolerance:
            return f"the pair ({i}, {j}) is {abs(caller[i] - callee[j])} ms apart"
    if len(actual) < expected:
        return f"{len(actual)} pairs, but {expected} are possible"
    return True
