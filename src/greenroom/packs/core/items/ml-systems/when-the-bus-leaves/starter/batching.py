"""Requests on their way to the model."""

from model import scores_of


async def score_of(text: str) -> float:
    """The score of *text*. Raises UnreadableError and ModelError."""
    (score,) = await scores_of([text])
    return score
