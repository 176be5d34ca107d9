"""Live output as server-sent events, resumable by Last-Event-ID."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from greenroom.accounts.rules import User
from greenroom.accounts.service import Accounts
from greenroom.interview.rules import Submission
from greenroom.interview.service import Interviews
from greenroom.kernel.errors import NotFoundError
from greenroom.platform.channels import Channels, Event
from greenroom.platform.relay import Relay
from greenroom.web.live import stored, while_going_on
from greenroom.web.session import Live, People, SignedIn, Work

router = APIRouter(include_in_schema=False)

LOOK_S = 1.0
"""How often the database is asked for the result of a submission that another process answers."""


def _relay(request: Request) -> Relay:
    found: Relay = request.app.state.relay
    return found


Others = Annotated[Relay, Depends(_relay)]
LastEventId = Annotated[str | None, Header()]


@router.get("/rounds/{round_id}/submissions/{submission_id}/stream")
async def submission_stream(
    round_id: str,
    submission_id: str,
    opened: Work,
    people: People,
    live: Live,
    others: Others,
    found: SignedIn,
    last_event_id: LastEventId = None,
) -> EventSourceResponse:
    """The events of a submission: `case` for each case, `done` at the end.

    While it waits, `position` says how many runs come before, and `started` that its turn has come: they have no id,
    for they hold only until the next event.
    """
    place = await opened.interviews.place(found.id, round_id)
    submission = next((one for one in place.round.submissions if one.id == submission_id), None)
    if submission is None:
        raise NotFoundError("there is no such submission")
    after = _number(last_event_id)
    return _response(_until_done(live, others, opened.interviews, found.id, submission, after), people, found)


@router.get("/rounds/{round_id}/runs/{run_id}/stream")
async def run_stream(
    round_id: str,
    run_id: str,
    opened: Work,
    people: People,
    live: Live,
    others: Others,
    found: SignedIn,
    last_event_id: LastEventId = None,
) -> EventSourceResponse:
    """The events of a run of the visible cases."""
    place = await opened.interviews.place(found.id, round_id)
    events = await _events_of(live, others, f"{round_id}/{run_id}", _number(last_event_id))
    if events is None:
        raise NotFoundError("this run is over", mend="run the cases again")
    return _response(_told(events, place.round.id), people, found)


def _response(events: AsyncGenerator[ServerSentEvent, None], people: Accounts, found: User) -> EventSourceResponse:
    """A stream that ends with the session of who listens."""
    ended = partial(people.sessions.revocations.revoked, found.session_id)
    return EventSourceResponse(while_going_on(events, ended), ping=15)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


async def _events_of(live: Channels, others: Relay, key: str, after: int) -> AsyncIterator[Event] | None:
    """The events of a channel, here or at another process of this machine."""
    return live.listen(key, after) if live.known(key) else await others.find(key, after)


async def _told(events: AsyncIterator[Event], round_id: str) -> AsyncGenerator[ServerSentEvent, None]:
    async for event in events:
        body = event.data | ({"url": f"/rounds/{round_id}"} if event.name == "done" else {})
        yield _event(event.number, event.name, body)


async def _until_done(
    live: Channels, others: Relay, interviews: Interviews, user_id: str, submission: Submission, after: int
) -> AsyncGenerator[ServerSentEvent, None]:
    """What is said while it is answered, wherever that is; the end comes from the database where nobody says it."""
    newest: Submission | None = submission
    while newest is not None and newest.state != "done":
        events = await _events_of(live, others, newest.id, after)
        async for event in _told(events, newest.round_id) if events is not None else _nothing():
            after = int(event.id or after)
            yield event
            if event.event == "done":
                return
        newest = await interviews.submission(user_id, submission.id)
        if newest is not None and newest.state != "done":
            await asyncio.sleep(LOOK_S)
    for event in _stored(newest, after) if newest is not None else ():
        yield event


async def _nothing() -> AsyncIterator[ServerSentEvent]:
    return
    yield


def _stored(submission: Submission, after: int) -> Iterator[ServerSentEvent]:
    """What a finished submission's stream said, from the database: after a restart nothing is missing."""
    for number, name, data in stored(submission):
        if number > after:
            yield _event(number, name, data | ({"url": f"/rounds/{submission.round_id}"} if name == "done" else {}))


def _event(number: int, name: str, body: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(data=json.dumps(body, ensure_ascii=False), event=name, id=str(number) if number else None)
