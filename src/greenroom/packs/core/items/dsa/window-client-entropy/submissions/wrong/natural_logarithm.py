from collections import Counter
from math import log


def mix(clients, width):
    held, total, out = Counter(), 0.0, []

    def term(client):
        share = held[client] / width
        return -share * log(share) if share else 0.0

    for at, client in enumerate(clients):
        total -= term(client)
        held[client] += 1
        total += term(client)
        if at >= width:
            gone = clients[at - width]
            total -= term(gone)
            held[gone] -= 1
            total += term(gone)
        if at >= width - 1:
            out.append(max(0.0, total))
    return out
