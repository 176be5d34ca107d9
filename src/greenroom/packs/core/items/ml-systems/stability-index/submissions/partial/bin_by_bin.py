from math import inf, log


def stability_index(reference, live, edges):
    total = 0.0
    bins = len(edges) + 2
    bounds = [-inf, *edges, inf]
    for i in range(bins):
        both = []
        for sample in (reference, live):
            if i == bins - 1:
                count = sample.count(None)
            else:
                count = len([v for v in sample if v is not None and bounds[i] <= v < bounds[i + 1]])
            both.append((count + 0.5) / (len(sample) + 0.5 * bins))
        total += (both[1] - both[0]) * log(both[1] / both[0])
    return total
