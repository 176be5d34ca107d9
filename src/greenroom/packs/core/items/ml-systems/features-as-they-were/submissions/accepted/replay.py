def as_of(events, values, max_age):
    """Play the history back: at equal times events come before writes, and writes in the order of the list."""
    history = [(time, 0, at, customer, None) for at, (customer, time) in enumerate(events)]
    history += [(time, 1, at, customer, value) for at, (customer, time, value) in enumerate(values)]
    history.sort(key=lambda entry: entry[:3])
    answer = [None] * len(events)
    current = {}
    for time, is_write, at, customer, value in history:
        if is_write:
            current[customer] = (time, value)
        elif customer in current and time - current[customer][0] <= max_age:
            answer[at] = current[customer][1]
    return answer
