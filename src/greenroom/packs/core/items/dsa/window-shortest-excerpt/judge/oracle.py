"""By the definition: all stretches by length, then by start. For short logs."""

from collections import Counter


def oracle(log, needed):
    for length in range(1, len(log) + 1):
        for start in range(len(log) - length + 1):
            held = Counter(log[start : start + length])
            if all(held[kind] >= times for kind, times in needed.items()):
                return (start, start + length)
    return None
