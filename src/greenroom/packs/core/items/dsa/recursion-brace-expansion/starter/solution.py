def expand(pattern: str) -> list[str]:
    """All names that the pattern stands for, the leftmost group changing slowest."""
    raise NotImplementedError
