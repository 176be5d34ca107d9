def longest_wait(minutes: list[int]) -> int:
    # Assumes that the list is sorted by arrival, longest wait first.
    return minutes[0] if minutes else 0
