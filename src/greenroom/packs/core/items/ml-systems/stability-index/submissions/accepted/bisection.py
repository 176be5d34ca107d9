from bisect import bisect_right
from math import log


def stability_index(
    reference: list[float | None], live: list[float | None], edges: list[float]
) -> float:
    p = shares(reference, edges)
    q = shares(live, edges)
    return sum((after - before) * log(after / before) for before, after in zip(p, q))


def shares(sample: list[float | None], edges: list[float]) -> list[float]:
    bins = len(edges) + 2
    counts = [0] * bins
    for value in sample:
        counts[-1 if value is None else bisect_right(edges, value)] += 1
    return [(count + 0.5) / (len(sample) + 0.5 * bins) for count in counts]
