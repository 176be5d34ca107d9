def both_down(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest possible unbroken stretches (start, end) in which both machines were down, in order of time.

    Each list is sorted, its outages do not overlap but may touch; `end` is the first millisecond in which the machine is up.
    """
    raise NotImplementedError
