"""What would bring a model's validation error down to a goal: where would training and validation error meet?"""

from cluster import run

TENFOLD = 10


def parts(rows: int, size: int) -> tuple[float, float]:
    """Return (error without limit of rows, what the lack of rows adds) of a model."""
    training, validation = run(rows, size)
    half = (validation - training) / 2
    return validation - half, half


def advise(rows: int, size: int, goal: float) -> str:
    """Return "rows", "larger", "smaller" or "stop" for a model of *size* and *rows* rows at hand."""
    _, smaller = run(rows, size // 4)
    if smaller <= goal:
        return "smaller"
    meeting, lacking = parts(rows // 4, 4 * size)  # as dear as the present model on all rows
    if meeting + lacking / 4 <= goal:
        return "larger"
    meeting, lacking = parts(rows, size)
    if meeting + lacking / TENFOLD <= goal:
        return "rows"
    return "stop"
