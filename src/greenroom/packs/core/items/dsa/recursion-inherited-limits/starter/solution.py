def effective_limits(parents: dict[str, list[str]], own: dict[str, int]) -> dict[str, int | None]:
    """For every team its own limit, else the largest effective limit of its parents, else None."""
    raise NotImplementedError
