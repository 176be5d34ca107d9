from collections import Counter


def same_carts(carts):
    contents = [Counter(cart) for cart in carts]
    return sum(contents[i] == contents[j] for i in range(len(carts)) for j in range(i))
