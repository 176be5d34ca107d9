"""By the definition: take each pair and strike out one article after the other. For few carts."""


def oracle(carts):
    return sum(_same(carts[i], carts[j]) for i in range(len(carts)) for j in range(i))


def _same(one, other):
    left = list(other)
    for article in one:
        if article not in left:
            return False
        left.remove(article)
    return not left
