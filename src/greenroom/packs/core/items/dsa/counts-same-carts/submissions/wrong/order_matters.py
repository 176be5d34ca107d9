from collections import Counter


def same_carts(carts):
    groups = Counter(tuple(cart) for cart in carts)
    return sum(size * (size - 1) // 2 for size in groups.values())
