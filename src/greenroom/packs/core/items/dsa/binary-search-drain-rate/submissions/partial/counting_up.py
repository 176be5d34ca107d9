def smallest_rate(arrivals: list[int], room: int) -> int:
    rate = 0
    while True:
        left = 0
        for arriving in arrivals:
            left = max(0, left + arriving - rate)
            if left > room:
                break
        else:
            return rate
        rate += 1
