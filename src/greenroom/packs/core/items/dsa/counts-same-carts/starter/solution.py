def same_carts(carts: list[list[str]]) -> int:
    """The number of pairs of carts that hold the same articles in the same quantities, in whatever order."""
    raise NotImplementedError
