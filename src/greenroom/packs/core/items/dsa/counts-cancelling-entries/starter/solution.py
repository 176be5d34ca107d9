def cancelling(amounts: list[int]) -> tuple[int, int]:
    """(number, longest): how many stretches of one or more neighbours sum to zero, and the length of the longest or 0."""
    raise NotImplementedError
