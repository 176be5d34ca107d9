"""What events and rows look like."""

Event = tuple[str, int]
Row = tuple[str, int, int, float]
