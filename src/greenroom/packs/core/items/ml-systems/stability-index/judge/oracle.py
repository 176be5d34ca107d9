"""By the definition: for each bin, count who belongs there. For few bins or few values."""

from math import log


def oracle(reference, live, edges):
    bounds = [float("-inf"), *edges, float("inf")]
    total = 0.0
    for number in range(len(edges) + 2):
        shares = []
        for sample in (reference, live):
            if number == len(edges) + 1:
                count = sum(1 for value in sample if value is None)
            else:
                low, high = bounds[number], bounds[number + 1]
                count = sum(1 for value in sample if value is not None and low <= value < high)
            shares.append((count + 0.5) / (len(sample) + 0.5 * (len(edges) + 2)))
        total += (shares[1] - shares[0]) * log(shares[1] / shares[0])
    return total
