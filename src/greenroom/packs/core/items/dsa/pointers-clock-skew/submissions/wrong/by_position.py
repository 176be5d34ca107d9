def pair_up(caller, callee, tolerance):
    return [(n, n) for n, (a, b) in enumerate(zip(caller, callee)) if abs(a - b) < tolerance]
