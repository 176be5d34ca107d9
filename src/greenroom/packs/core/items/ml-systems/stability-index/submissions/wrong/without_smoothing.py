from bisect import bisect_right
from math import log


def stability_index(reference, live, edges):
    def shares(sample):
        counts = [0] * (len(edges) + 2)
        for v in sample:
            counts[-1 if v is None else bisect_right(edges, v)] += 1
        return [c / len(sample) for c in counts]

    # Leaves out what has no logarithm.
    return sum((q - p) * log(q / p) for p, q in zip(shares(reference), shares(live)) if p and q)
