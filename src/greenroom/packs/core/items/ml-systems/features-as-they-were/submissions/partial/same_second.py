from bisect import bisect_right


def as_of(events, values, max_age):
    # Takes what was written in the same second as well.
    times, held = {}, {}
    for customer, written_at, value in sorted(values, key=lambda entry: entry[1]):
        times.setdefault(customer, []).append(written_at)
        held.setdefault(customer, []).append(value)
    answer = []
    for customer, time in events:
        at = bisect_right(times.get(customer, []), time)
        if at and time - times[customer][at - 1] <= max_age:
            answer.append(held[customer][at - 1])
        else:
            answer.append(None)
    return answer
