def as_of(events, values, max_age):
    # The nearest in time, whichever side it is on.
    answer = []
    for customer, time in events:
        near = [(abs(time - at), value) for owner, at, value in values if owner == customer and abs(time - at) < max_age]
        answer.append(min(near)[1] if near else None)
    return answer
