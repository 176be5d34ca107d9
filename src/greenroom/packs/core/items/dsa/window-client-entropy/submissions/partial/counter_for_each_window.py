from collections import Counter
from math import log2


def mix(clients, width):
    out = []
    for i in range(len(clients) - width + 1):
        c = Counter(clients[i : i + width])
        out.append(-sum(n / width * log2(n / width) for n in c.values()))
    return out
