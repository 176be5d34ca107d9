"""Requests on their way to the model: who finds it busy waits, and travels with the others."""

import asyncio
from collections import deque

from model import MOST_TEXTS, ModelError, UnreadableError, scores_of

_waiting: deque[tuple[str, asyncio.Future[float]]] = deque()
_driving: asyncio.Task[None] | None = None


async def score_of(text: str) -> float:
    """The score of *text*. Raises FullError, UnreadableError and ModelError."""
    global _driving
    entry = (text, asyncio.get_running_loop().create_future())
    _waiting.append(entry)
    if _driving is None or _driving.done():
        _driving = asyncio.create_task(_drive())
    try:
        return await entry[1]
    finally:
        if entry in _waiting:
            _waiting.remove(entry)


async def _drive() -> None:
    """Calls, one after the other, as long as anybody waits."""
    while _waiting:
        batch = [_waiting.popleft() for _ in range(min(MOST_TEXTS, len(_waiting)))]
        try:
            scores = await scores_of([text for text, _ in batch])
        except UnreadableError as error:
            refused = {place for place in error.places}
            again = [one for place, one in enumerate(batch) if place not in refused and not one[1].done()]
            _waiting.extendleft(reversed(again))
            for place in refused:
                _settle(batch[place][1], error)
        except ModelError as error:
            for _, future in batch:
                _settle(future, error)
        else:
            for (_, future), score in zip(batch, scores, strict=True):
                _settle(future, score)


def _settle(future: asyncio.Future[float], outcome: float | Exception) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
