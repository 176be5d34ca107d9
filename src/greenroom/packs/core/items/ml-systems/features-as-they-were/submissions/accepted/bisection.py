from bisect import bisect_left
from collections import defaultdict


def as_of(
    events: list[tuple[str, int]], values: list[tuple[str, int, float]], max_age: int
) -> list[float | None]:
    times: defaultdict[str, list[int]] = defaultdict(list)
    held: defaultdict[str, list[float]] = defaultdict(list)
    for customer, written_at, value in sorted(values, key=lambda entry: entry[1]):
        times[customer].append(written_at)
        held[customer].append(value)
    answer: list[float | None] = []
    for customer, time in events:
        at = bisect_left(times[customer], time) - 1
        known = at >= 0 and time - times[customer][at] <= max_age
        answer.append(held[customer][at] if known else None)
    return answer
