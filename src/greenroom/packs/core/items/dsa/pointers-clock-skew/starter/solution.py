def pair_up(caller: list[int], callee: list[int], tolerance: int) -> list[tuple[int, int]]:
    """As many pairs (i, j) as possible with abs(caller[i] - callee[j]) <= tolerance, each i and each j used at most once.

    Both lists are sorted. Any largest answer in any order will do.
    """
    raise NotImplementedError
