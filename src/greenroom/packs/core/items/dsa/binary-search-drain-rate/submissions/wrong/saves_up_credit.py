def smallest_rate(arrivals: list[int], room: int) -> int:
    # The backlog may become negative, so a quiet hour pays for a later burst.
    low, high = 0, max(arrivals, default=0)
    while low < high:
        rate = (low + high) // 2
        left = 0
        enough = True
        for arriving in arrivals:
            left += arriving - rate
            enough = enough and left <= room
        if enough:
            high = rate
        else:
            low = rate + 1
    return low
