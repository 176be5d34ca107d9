"""What streams and sockets share: the stored events of a submission, and an end when the session ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any, TypeVar

from greenroom.interview.rules import Submission

LOOK_S = 0.5
"""How often a connection that stays open is looked at. With `revocations.LOOK` it stays within `revocations.BOUND`."""

_Event = TypeVar("_Event")


def stored(submission: Submission) -> list[tuple[int, str, dict[str, Any]]]:
    """What a finished submission's stream said, from the database: number, name and data of each event."""
    result = submission.result or {}
    cases: list[dict[str, Any]] = result.get("cases", [])
    events = [(number, "case", case) for number, case in enumerate(cases, 1)]
    if submission.state == "done":
        events.append((len(cases) + 1, "done", {"verdict": submission.verdict, "message": result.get("message")}))
    return events


async def while_going_on(events: AsyncGenerator[_Event, None], over: Callable[[], bool]) -> AsyncIterator[_Event]:
    """*events* until *over* says so, which is asked every `LOOK_S` also while none comes."""
    async with aclosing(events):
        coming: asyncio.Future[_Event] | None = None
        try:
            while not over():
                coming = coming or asyncio.ensure_future(anext(events))
                await asyncio.wait([coming], timeout=LOOK_S)
                if coming.done():
                    event, coming = coming.result(), None
                    yield event
        except StopAsyncIteration:
            return
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)
