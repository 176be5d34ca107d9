from collections import Counter


def same_carts(carts):
    groups = Counter(",".join(sorted(cart)) for cart in carts)
    return sum(1 for size in groups.values() if size > 1)
