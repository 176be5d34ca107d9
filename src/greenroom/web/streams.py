"""Live output as server-sent events, resumable by Last-Event-ID."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header
from sse_starlette import EventSourceResponse, ServerSentEvent

from greenroom.accounts.rules import User
from greenroom.accounts.service import Accounts
from greenroom.interview.rules import Submission
from greenroom.interview.service import Place
from greenroom.kernel.errors import NotFoundError
from greenroom.platform.channels import Channels
from greenroom.web.live import stored, while_going_on
from greenroom.web.session import Live, People, SignedIn, Work

router = APIRouter(include_in_schema=False)

LastEventId = Annotated[str | None, Header()]


@router.get("/rounds/{round_id}/submissions/{submission_id}/stream")
async def submission_stream(
    round_id: str,
    submission_id: str,
    opened: Work,
    people: People,
    live: Live,
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
    if live.known(submission_id):
        return _response(_live(live, submission_id, after, place), people, found)
    return EventSourceResponse(_stored(submission, after, place), ping=15)


@router.get("/rounds/{round_id}/runs/{run_id}/stream")
async def run_stream(
    round_id: str,
    run_id: str,
    opened: Work,
    people: People,
    live: Live,
    found: SignedIn,
    last_event_id: LastEventId = None,
) -> EventSourceResponse:
    """The events of a run of the visible cases."""
    place = await opened.interviews.place(found.id, round_id)
    key = f"{round_id}/{run_id}"
    if not live.known(key):
        raise NotFoundError("this run is over", mend="run the cases again")
    return _response(_live(live, key, _number(last_event_id), place), people, found)


def _response(events: AsyncGenerator[ServerSentEvent, None], people: Accounts, found: User) -> EventSourceResponse:
    """A stream that ends with the session of who listens."""
    ended = partial(people.sessions.revocations.revoked, found.session_id)
    return EventSourceResponse(while_going_on(events, ended), ping=15)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


async def _live(live: Channels, key: str, after: int, place: Place) -> AsyncGenerator[ServerSentEvent, None]:
    async for event in live.listen(key, after):
        body = event.data | ({"url": f"/rounds/{place.round.id}"} if event.name == "done" else {})
        yield _event(event.number, event.name, body)


async def _stored(submission: Submission, after: int, place: Place) -> AsyncIterator[ServerSentEvent]:
    """What a finished submission's stream said, from the database: after a restart nothing is missing."""
    for number, name, data in stored(submission):
        if number > after:
            yield _event(number, name, data | ({"url": f"/rounds/{place.round.id}"} if name == "done" else {}))


def _event(number: int, name: str, body: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(data=json.dumps(body, ensure_ascii=False), event=name, id=str(number) if number else None)
