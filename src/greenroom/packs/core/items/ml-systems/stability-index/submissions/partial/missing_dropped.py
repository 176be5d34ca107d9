from bisect import bisect_right
from math import log


def stability_index(reference, live, edges):
    # Only looks at numbers; the bin of the missing stays empty on both sides.
    shares = []
    bins = len(edges) + 2
    for sample in (reference, live):
        numbers = [v for v in sample if v is not None]
        counts = [0] * bins
        for v in numbers:
            counts[bisect_right(edges, v)] += 1
        shares.append([(c + 0.5) / (len(numbers) + 0.5 * bins) for c in counts])
    return sum((q - p) * log(q / p) for p, q in zip(*shares))
