def as_of(events, values, max_age):
    current = {}
    for customer, written_at, value in sorted(values):
        current[customer] = value
    return [current.get(customer) for customer, time in events]
