def longest_wait(minutes: list[int]) -> int:
    """Return the largest number in `minutes`, or 0 when the list is empty."""
    raise NotImplementedError
