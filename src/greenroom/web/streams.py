"""Live output as server-sent events, resumable by Last-Event-ID."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Header
from sse_starlette import EventSourceResponse, ServerSentEvent

from greenroom.interview.rules import Submission
from greenroom.interview.service import Interviews
from greenroom.kernel.errors import NotFoundError
from greenroom.platform.channels import Channels
from greenroom.web.session import Live, SignedIn, Work

router = APIRouter(include_in_schema=False)

LOOK_S = 1.0
"""How often the database is asked for the result of a submission that another process answers."""

LastEventId = Annotated[str | None, Header()]


@router.get("/rounds/{round_id}/submissions/{submission_id}/stream")
async def submission_stream(
    round_id: str, submission_id: str, opened: Work, live: Live, found: SignedIn, last_event_id: LastEventId = None
) -> EventSourceResponse:
    """The events of a submission: `case` for each case, `done` at the end.

    While it waits, `position` says how many runs come before, and `started` that its turn has come: they have no id,
    for they hold only until the next event.
    """
    place = await opened.interviews.place(found.id, round_id)
    submission = next((one for one in place.round.submissions if one.id == submission_id), None)
    if submission is None:
        raise NotFoundError("there is no such submission")
    told = _until_done(live, opened.interviews, found.id, submission, _number(last_event_id))
    return EventSourceResponse(told, ping=15)


@router.get("/rounds/{round_id}/runs/{run_id}/stream")
async def run_stream(
    round_id: str, run_id: str, opened: Work, live: Live, found: SignedIn, last_event_id: LastEventId = None
) -> EventSourceResponse:
    """The events of a run of the visible cases."""
    place = await opened.interviews.place(found.id, round_id)
    key = f"{round_id}/{run_id}"
    if not live.known(key):
        raise NotFoundError("this run is over", mend="run the cases again")
    return EventSourceResponse(_live(live, key, _number(last_event_id), place.round.id), ping=15)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


async def _live(live: Channels, key: str, after: int, round_id: str) -> AsyncIterator[ServerSentEvent]:
    async for event in live.listen(key, after):
        body = event.data | ({"url": f"/rounds/{round_id}"} if event.name == "done" else {})
        yield _event(event.number, event.name, body)


async def _until_done(
    live: Channels, interviews: Interviews, user_id: str, submission: Submission, after: int
) -> AsyncIterator[ServerSentEvent]:
    """What is said while this process answers, and the end from the database where another one does."""
    newest: Submission | None = submission
    while newest is not None:
        if live.known(newest.id):
            async for event in _live(live, newest.id, after, newest.round_id):
                after = int(event.id or after)
                yield event
                if event.event == "done":
                    return
        elif newest.state == "done":
            for event in _stored(newest, after):
                yield event
            return
        else:
            await asyncio.sleep(LOOK_S)
        newest = await interviews.submission(user_id, submission.id)


def _stored(submission: Submission, after: int) -> Iterator[ServerSentEvent]:
    """What a finished submission's stream said, from the database: after a restart nothing is missing."""
    result = submission.result or {}
    cases: list[dict[str, Any]] = result.get("cases", [])
    for number, case in enumerate(cases, 1):
        if number > after:
            yield _event(number, "case", case)
    body = {"verdict": submission.verdict, "message": result.get("message"), "url": f"/rounds/{submission.round_id}"}
    yield _event(len(cases) + 1, "done", body)


def _event(number: int, name: str, body: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(data=json.dumps(body, ensure_ascii=False), event=name, id=str(number) if number else None)
