def shortest_excerpt(log: list[str], needed: dict[str, int]) -> tuple[int, int] | None:
    """(start, stop) of the shortest, then earliest stretch log[start:stop] with each kind as often as needed, or None."""
    raise NotImplementedError
