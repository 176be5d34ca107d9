def longest_wait(minutes: list[int]) -> int:
    return max(minutes, default=0)
