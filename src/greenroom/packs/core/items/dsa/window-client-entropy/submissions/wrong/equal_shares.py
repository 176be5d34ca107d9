from math import log2


def mix(clients, width):
    # The logarithm of the number of different clients: right only when their shares are equal.
    return [log2(len(set(clients[i : i + width]))) for i in range(len(clients) - width + 1)]
