def affected(calls: list[tuple[str, str]], failed: list[str], hops: int) -> list[str]:
    """The services that reach a failed one over at most `hops` calls (caller, callee), without the failed ones."""
    raise NotImplementedError
