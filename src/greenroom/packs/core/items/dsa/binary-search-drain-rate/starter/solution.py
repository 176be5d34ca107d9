def smallest_rate(arrivals: list[int], room: int) -> int:
    """The smallest rate per minute with which what is left over never exceeds `room`."""
    raise NotImplementedError
