def as_of(
    events: list[tuple[str, int]], values: list[tuple[str, int, float]], max_age: int
) -> list[float | None]:
    """For each event the customer's value with the latest written_at < time, or None if none is within max_age."""
    raise NotImplementedError
