"""What would bring a model's validation error down to a goal."""

from cluster import run


def advise(rows: int, size: int, goal: float) -> str:
    """Return "rows", "larger", "smaller" or "stop" for a model of *size* and *rows* rows at hand."""
    _, validation = run(rows, size)
    return "stop" if validation <= goal else "rows"
