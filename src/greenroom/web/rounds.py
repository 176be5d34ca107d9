"""What the interview screen calls: drafts, runs, submissions, hints, and the ways out of a round."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from greenroom.interview.admission import check_language
from greenroom.interview.drafts import DraftConflict
from greenroom.interview.rules import MAX_PROJECT_CHARACTERS, StepName
from greenroom.kernel.errors import ConflictError
from greenroom.platform.channels import Channels
from greenroom.web.keeping import KeepsDraft, keep_draft, lines
from greenroom.web.session import Live, Now, OwnPage, Running, SignedIn, Trying, Work

router = APIRouter(include_in_schema=False, dependencies=[OwnPage])

READ_WITHIN_S = 20.0
"""Words are read in well under a second; after this the page waits on the stream instead."""


class Draft(BaseModel):
    """A draft as the page saves it: the text, the revision that it was typed over, the tab, the follow-up's point.

    Code may have a language.
    """

    model_config = ConfigDict(extra="forbid")

    text: str
    revision: int = Field(ge=0)
    tab: str = Field(max_length=64)
    point: str | None = Field(default=None, max_length=64)
    language: str | None = Field(default=None, max_length=12)


class Run(BaseModel):
    """Code to run on the visible cases."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=MAX_PROJECT_CHARACTERS)
    language: str | None = Field(default=None, max_length=12)


@router.put("/rounds/{round_id}/draft")
async def save_draft(round_id: str, draft: Draft, opened: Work, found: SignedIn, moment: Now) -> Response:
    """Store a draft; 409 with the newer text when another tab was faster."""
    try:
        revision = await opened.interviews.save_draft(found.id, round_id, **draft.model_dump(), now=moment)
    except DraftConflict as conflict:
        newer = conflict.newer
        body = {
            "text": newer.text,
            "language": newer.language,
            "revision": newer.revision,
            "saved_at": _iso(newer.saved_at),
        }
        return JSONResponse(body, status_code=409)
    return JSONResponse({"revision": revision, "saved_at": _iso(moment)})


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None


@router.post("/rounds/{round_id}/heartbeat")
async def heartbeat(round_id: str, opened: Work, found: SignedIn, moment: Now) -> dict[str, float]:
    """The page is open; answers with the seconds left, by the server's clock."""
    return {"remaining_s": await opened.interviews.seen(found.id, round_id, moment)}


@router.post("/rounds/{round_id}/run")
async def run_visible(round_id: str, run: Run, opened: Work, trying: Trying, found: SignedIn) -> Response:
    """Run the visible cases: nothing is stored; the stream's address comes back at once.

    A newer run of the round ends the one before. 503 or 429 with Retry-After when too many runs wait.
    """
    place = await opened.interviews.place(found.id, round_id)
    if place.item is None or not place.item.kind.is_judged or place.step.name is not StepName.answer:
        raise ConflictError("there is nothing to run here now", mend="go to the interview's current round")
    check_language(place.item, run.language)
    run_id = trying.start(found.id, round_id, place.item, run.text, run.language)
    return JSONResponse({"stream": f"/rounds/{round_id}/runs/{run_id}/stream"}, status_code=202)


@router.post("/rounds/{round_id}/submit")
async def submit(
    round_id: str,
    request: Request,
    opened: Work,
    running: Running,
    trying: Trying,
    live: Live,
    found: SignedIn,
    moment: Now,
    source: Annotated[str, Form()] = "",
    token: Annotated[str, Form(max_length=64)] = "",
    revision: Annotated[int | None, Form(ge=0)] = None,
    language: Annotated[str | None, Form(max_length=12)] = None,
) -> Response:
    """Hand in an answer. It is stored before anything runs."""
    submission = await opened.interviews.submit(
        found.id,
        round_id,
        text=lines(source),
        token=token or uuid4().hex,
        now=moment,
        revision=revision,
        language=language,
    )
    trying.end(round_id)
    return await _queued(request, running, live, round_id, submission, found.id)


@router.post("/rounds/{round_id}/follow-up")
async def follow_up(
    round_id: str,
    request: Request,
    opened: Work,
    running: Running,
    live: Live,
    found: SignedIn,
    moment: Now,
    source: Annotated[str, Form()] = "",
    token: Annotated[str, Form(max_length=64)] = "",
    skip: Annotated[str | None, Form()] = None,
    revision: Annotated[int | None, Form(ge=0)] = None,
) -> Response:
    """Answer the open follow-up, or leave it."""
    if skip is not None or not source.strip():
        await keep_draft(request, opened, found, moment)
        await opened.interviews.skip_follow_up(found.id, round_id, moment)
        return _to_round(round_id)
    submission = await opened.interviews.submit(
        found.id, round_id, text=lines(source), token=token or uuid4().hex, now=moment, revision=revision
    )
    return await _queued(request, running, live, round_id, submission, found.id)


async def _queued(
    request: Request, running: Running, live: Channels, round_id: str, submission_id: str, candidate: str
) -> Response:
    """Put a stored submission into the queue once; words are waited for, code is streamed."""
    if not live.known(submission_id):
        running.put(submission_id, candidate)
    if "application/json" in request.headers.get("accept", ""):
        stream = f"/rounds/{round_id}/submissions/{submission_id}/stream"
        return JSONResponse({"stream": stream, "next": f"/rounds/{round_id}"}, status_code=202)
    try:
        async with asyncio.timeout(READ_WITHIN_S):
            async for event in live.listen(submission_id):
                if event.name == "done":
                    break
    except TimeoutError:
        pass
    return _to_round(round_id)


def _to_round(round_id: str) -> RedirectResponse:
    return RedirectResponse(f"/rounds/{round_id}", status_code=303)


@router.post("/rounds/{round_id}/hints", dependencies=[KeepsDraft])
async def hint(round_id: str, opened: Work, found: SignedIn) -> Response:
    """Reveal the next hint, at its cost."""
    await opened.interviews.take_hint(found.id, round_id)
    return _to_round(round_id)


@router.post("/rounds/{round_id}/skip", dependencies=[KeepsDraft])
async def skip(round_id: str, opened: Work, found: SignedIn, moment: Now) -> Response:
    """Leave the round without (another) answer."""
    await opened.interviews.skip(found.id, round_id, moment)
    return RedirectResponse(f"/rounds/{round_id}/debrief", status_code=303)


@router.post("/rounds/{round_id}/close", dependencies=[KeepsDraft])
async def close(round_id: str, opened: Work, found: SignedIn, moment: Now) -> Response:
    """Go on with what was handed in so far."""
    await opened.interviews.close_answer(found.id, round_id, moment)
    return _to_round(round_id)


@router.post("/rounds/{round_id}/self-judge")
async def self_judge(round_id: str, request: Request, opened: Work, found: SignedIn, moment: Now) -> Response:
    """Decide unsure points oneself: form fields `judge:<key>` with `yes` or `no`."""
    form = await request.form()
    judgements = {
        name.removeprefix("judge:"): value == "yes" for name, value in form.items() if name.startswith("judge:")
    }
    await opened.interviews.self_judge(found.id, round_id, judgements, moment)
    return _to_round(round_id)
