from collections import Counter


def same_carts(carts):
    # Forgets the quantities.
    groups = Counter(frozenset(cart) for cart in carts)
    return sum(size * (size - 1) // 2 for size in groups.values())
