def reach(latencies: list[int]) -> list[int]:
    """For each sample, the length of the longest stretch that contains it and holds nothing larger."""
    raise NotImplementedError
