from collections import Counter


def same_carts(carts):
    groups = Counter(frozenset(quantities(cart).items()) for cart in carts)
    return sum(size * (size - 1) // 2 for size in groups.values())


def quantities(cart):
    table = {}
    for article in cart:
        table[article] = table.get(article, 0) + 1
    return table
