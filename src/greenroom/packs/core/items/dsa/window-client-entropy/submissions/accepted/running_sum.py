from collections import defaultdict
from math import log2


def mix(clients: list[str], width: int) -> list[float]:
    if width > len(clients):
        return []
    counts: defaultdict[str, int] = defaultdict(int)
    total = 0.0  # the sum of c * log2(c)
    answer = []
    for at, client in enumerate(clients):
        counts[client] += 1
        total += term(counts[client]) - term(counts[client] - 1)
        if at >= width:
            gone = clients[at - width]
            counts[gone] -= 1
            total += term(counts[gone]) - term(counts[gone] + 1)
        if at >= width - 1:
            answer.append(log2(width) - total / width)
    return answer


def term(count: int) -> float:
    return count * log2(count) if count else 0.0
