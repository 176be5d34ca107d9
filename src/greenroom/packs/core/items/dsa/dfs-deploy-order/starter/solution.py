def plan(needs: dict[str, list[str]]) -> tuple[str, list[str]]:
    """("order", every service after all that it needs), or ("circle", services each of which needs the next)."""
    raise NotImplementedError
