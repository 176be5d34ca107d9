def pair_up(caller: list[int], callee: list[int], tolerance: int) -> list[tuple[int, int]]:
    pairs = []
    i = j = 0
    while i < len(caller) and j < len(callee):
        ahead = caller[i] - callee[j]
        if abs(ahead) <= tolerance:
            pairs.append((i, j))
            i += 1
            j += 1
        elif ahead < 0:
            i += 1
        else:
            j += 1
    return pairs
