"""Live output as server-sent events, resumable by Last-Event-ID."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header
from sse_starlette import EventSourceResponse, ServerSentEvent

from greenroom.interview.rules import Submission
from greenroom.interview.service import Place
from greenroom.kernel.errors import NotFoundError
from greenroom.web.session import Live, SignedIn, Work

router = APIRouter(include_in_schema=False)

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
    after = _number(last_event_id)
    if live.known(submission_id):
        return EventSourceResponse(_live(live, submission_id, after, place), ping=15)
    return EventSourceResponse(_stored(submission, after, place), ping=15)


@router.get("/rounds/{round_id}/runs/{run_id}/stream")
async def run_stream(
    round_id: str, run_id: str, opened: Work, live: Live, found: SignedIn, last_event_id: LastEventId = None
) -> EventSourceResponse:
    """The events of a run of the visible cases."""
    place = await opened.interviews.place(found.id, round_id)
    key = f"{round_id}/{run_id}"
    if not live.known(key):
        raise NotFoundError("this run is over", mend="run the cases again")
    return EventSourceResponse(_live(live, key, _number(last_event_id), place), ping=15)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


async def _live(live: Live, key: str, after: int, place: Place) -> AsyncIterator[ServerSentEvent]:
    async for event in live.listen(key, after):
        body = event.data | ({"url": f"/rounds/{place.round.id}"} if event.name == "done" else {})
        yield _event(event.number, event.name, body)


async def _stored(submission: Submission, after: int, place: Place) -> AsyncIterator[ServerSentEvent]:
    """What a finished submission's stream said, from the database: after a restart nothing is missing."""
    result = submission.result or {}
    cases: list[dict[str, Any]] = result.get("cases", [])
    for number, case in enumerate(cases, 1):
        if number > after:
            yield _event(number, "case", case)
    if submission.state == "done":
        body = {"verdict": submission.verdict, "message": result.get("message"), "url": f"/rounds/{place.round.id}"}
        yield _event(len(cases) + 1, "done", body)


def _event(number: int, name: str, body: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(data=json.dumps(body, ensure_ascii=False), event=name, id=str(number) if number else None)
