def as_of(events, values, max_age):
    answer = []
    for customer, time in events:
        best_time, best = None, None
        for owner, written_at, value in values:
            if owner == customer and written_at < time and (best_time is None or written_at >= best_time):
                best_time, best = written_at, value
        answer.append(best if best_time is not None and time - best_time <= max_age else None)
    return answer
