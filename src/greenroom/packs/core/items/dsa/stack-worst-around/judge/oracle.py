"""By the definition: stretch out to both sides of every sample. For short series."""


def oracle(latencies):
    lengths = []
    for at, value in enumerate(latencies):
        left = at
        while left > 0 and latencies[left - 1] <= value:
            left -= 1
        right = at
        while right + 1 < len(latencies) and latencies[right + 1] <= value:
            right += 1
        lengths.append(right - left + 1)
    return lengths
