import math


def stability_index(reference, live, edges):
    total = 0.0
    k = len(edges)
    a, b = histogram(reference, edges), histogram(live, edges)
    for i in range(k + 2):
        p = (a[i] + 0.5) / (len(reference) + 0.5 * (k + 2))
        q = (b[i] + 0.5) / (len(live) + 0.5 * (k + 2))
        total += (q - p) * (math.log(q) - math.log(p))
    return total


def histogram(sample, edges):
    numbers = sorted(v for v in sample if v is not None)
    counts, i = [], 0
    for edge in edges:
        start = i
        while i < len(numbers) and numbers[i] < edge:
            i += 1
        counts.append(i - start)
    return counts + [len(numbers) - i, len(sample) - len(numbers)]
