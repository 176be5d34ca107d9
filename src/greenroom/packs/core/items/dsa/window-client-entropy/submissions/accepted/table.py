import math


def mix(clients, width):
    """The same with the terms -p log2 p of every possible count worked out beforehand."""
    if len(clients) < width:
        return []
    f = [0.0] + [-(c / width) * math.log2(c / width) for c in range(1, width + 1)]
    counts = {}
    for name in clients[:width]:
        counts[name] = counts.get(name, 0) + 1
    entropy = math.fsum(f[c] for c in counts.values())
    answer = [entropy]
    for gone, new in zip(clients, clients[width:]):
        if gone != new:
            g, n = counts[gone], counts.get(new, 0)
            entropy += f[g - 1] - f[g] + f[n + 1] - f[n]
            counts[gone], counts[new] = g - 1, n + 1
        answer.append(entropy)
    return answer
