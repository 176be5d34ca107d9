"""The formula: over all stretches of minutes, what exceeds the room, shared out over the stretch. For short recordings."""


def oracle(arrivals, room):
    rate = 0
    for first in range(len(arrivals)):
        total = 0
        for last in range(first, len(arrivals)):
            total += arrivals[last]
            length = last - first + 1
            rate = max(rate, -((room - total) // length))
    return rate
