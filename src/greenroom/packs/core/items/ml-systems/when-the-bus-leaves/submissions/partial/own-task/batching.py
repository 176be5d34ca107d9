"""Whoever finds the model free makes the call, for all who wait."""

import asyncio

from model import MOST_TEXTS, ModelError, UnreadableError, scores_of

lane = asyncio.Lock()
waiting: list[tuple[str, asyncio.Future[float]]] = []


class FullError(Exception):
    """No place is left."""


async def score_of(text: str) -> float:
    """The score of *text*."""
    if len(waiting) >= 96:
        raise FullError
    own = asyncio.get_running_loop().create_future()
    waiting.append((text, own))
    while not own.done():
        async with lane:
            if own.done():
                break
            batch = waiting[:MOST_TEXTS]
            del waiting[:MOST_TEXTS]
            try:
                scores = await scores_of([one for one, _ in batch])
            except UnreadableError as error:
                for place in error.places:
                    batch[place][1].set_exception(error)
                waiting[:0] = [one for place, one in enumerate(batch) if place not in error.places]
            except ModelError as error:
                for _, future in batch:
                    future.set_exception(error)
            else:
                for (_, future), score in zip(batch, scores, strict=True):
                    future.set_result(score)
    return await own
