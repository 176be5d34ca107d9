def smallest_rate(arrivals: list[int], room: int) -> int:
    def is_enough(rate: int) -> bool:
        left = 0
        for arriving in arrivals:
            left = max(0, left + arriving - rate)
            if left > room:
                return False
        return True

    low, high = 0, max(arrivals, default=0)
    while low < high:
        middle = (low + high) // 2
        if is_enough(middle):
            high = middle
        else:
            low = middle + 1
    return low
