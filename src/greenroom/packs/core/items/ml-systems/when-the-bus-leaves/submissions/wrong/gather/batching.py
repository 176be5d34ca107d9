"""A lock keeps to one call; each text still travels by itself."""

import asyncio

from model import scores_of

lane = asyncio.Lock()


async def score_of(text: str) -> float:
    """The score of *text*."""
    async with lane:
        (score,) = await scores_of([text])
    return score
