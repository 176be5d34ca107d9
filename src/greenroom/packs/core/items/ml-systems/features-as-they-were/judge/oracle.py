"""By the definition: look at every value for every event. For short lists."""


def oracle(events, values, max_age):
    answer = []
    for customer, time in events:
        best = None
        for owner, written_at, value in values:
            if owner == customer and written_at < time and (best is None or written_at >= best[0]):
                best = (written_at, value)
        answer.append(best[1] if best and time - best[0] <= max_age else None)
    return answer
