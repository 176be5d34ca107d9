def smallest_rate(arrivals: list[int], room: int) -> int:
    return max(0, max(arrivals, default=0) - room)
