def same_carts(carts: list[list[str]]) -> int:
    seen: dict[tuple[str, ...], int] = {}
    pairs = 0
    for cart in carts:
        key = tuple(sorted(cart))
        pairs += seen.get(key, 0)
        seen[key] = seen.get(key, 0) + 1
    return pairs
