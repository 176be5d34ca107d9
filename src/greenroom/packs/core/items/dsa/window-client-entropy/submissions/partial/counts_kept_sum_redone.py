from collections import Counter
from math import log2


def mix(clients, width):
    # The counts slide, but the sum runs over all clients of the window each time.
    if width > len(clients):
        return []
    counts = Counter(clients[:width])
    out = [entropy(counts, width)]
    for i in range(width, len(clients)):
        counts[clients[i]] += 1
        counts[clients[i - width]] -= 1
        if counts[clients[i - width]] == 0:
            del counts[clients[i - width]]
        out.append(entropy(counts, width))
    return out


def entropy(counts, width):
    return -sum(n / width * log2(n / width) for n in counts.values())
