from collections import Counter
from math import log2


def mix(clients, width):
    # The logarithm of the number of different clients: right only when their shares are equal.
    held, out = Counter(), []
    for at, client in enumerate(clients):
        held[client] += 1
        if at >= width:
            gone = clients[at - width]
            held[gone] -= 1
            if not held[gone]:
                del held[gone]
        if at >= width - 1:
            out.append(log2(len(held)))
    return out
