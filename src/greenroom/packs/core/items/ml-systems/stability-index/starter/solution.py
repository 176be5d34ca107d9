def stability_index(
    reference: list[float | None], live: list[float | None], edges: list[float]
) -> float:
    """The population stability index over len(edges) + 2 bins (the last one for None), with 0.5 added to every count."""
    raise NotImplementedError
