"""Whoever finds the lane free leads: it takes everybody along, in a call that does not end with its own request."""

import asyncio

from model import MOST_TEXTS, ModelError, UnreadableError, scores_of

lane = asyncio.Lock()
waiting: list["Seat"] = []


class FullError(Exception):
    pass


class Seat:
    def __init__(self, text: str) -> None:
        self.text = text
        self.outcome: float | Exception | None = None
        self.left = False


async def score_of(text: str) -> float:
    """The score of *text*."""
    if len(waiting) >= 96:
        raise FullError
    seat = Seat(text)
    waiting.append(seat)
    try:
        async with lane_for(seat):
            while seat.outcome is None:
                await leave()
    except asyncio.CancelledError:
        if seat in waiting:
            waiting.remove(seat)
        seat.left = True
        raise
    if isinstance(seat.outcome, Exception):
        raise seat.outcome
    return seat.outcome


class lane_for:
    """The lane, unless one's own result is there before it is one's turn."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat

    async def __aenter__(self) -> None:
        await lane.acquire()

    async def __aexit__(self, *_) -> None:
        lane.release()


calls: set[asyncio.Task] = set()


async def leave() -> None:
    """Send a call and wait for its end, cancelled or not: the lane is held as long as it is open."""
    task = asyncio.create_task(call())
    cancelled = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


async def call() -> None:
    batch = [seat for seat in waiting if not seat.left][:MOST_TEXTS]
    del waiting[: len(batch)]
    if not batch:
        return
    try:
        for seat, score in zip(batch, await scores_of([seat.text for seat in batch])):
            seat.outcome = score
    except UnreadableError as error:
        for place in error.places:
            batch[place].outcome = error
        waiting[:0] = [seat for seat in batch if seat.outcome is None and not seat.left]
    except ModelError as error:
        for seat in batch:
            seat.outcome = error
