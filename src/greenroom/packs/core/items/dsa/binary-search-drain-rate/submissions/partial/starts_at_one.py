def smallest_rate(arrivals: list[int], room: int) -> int:
    low, high = 1, max(arrivals)
    while low < high:
        rate = (low + high) // 2
        left = 0
        for arriving in arrivals:
            left = max(0, left + arriving - rate)
            if left > room:
                low = rate + 1
                break
        else:
            high = rate
    return low
