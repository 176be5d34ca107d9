"""Home, signing in, history, and what was found on this machine."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from greenroom.bank.models import Topic
from greenroom.bank.syllabus import topic_titles
from greenroom.interview.checkup import check_up
from greenroom.interview.rules import Interview
from greenroom.web.page import render
from greenroom.web.session import MaybeSignedIn, SignedIn, Work

router = APIRouter(include_in_schema=False)


@router.get("/health")
async def health(opened: Work) -> PlainTextResponse:
    """200 when the database answers."""
    await opened.interviews.history("nobody", 1)
    return PlainTextResponse("ok\n")


@router.get("/")
async def home(request: Request, opened: Work, found: MaybeSignedIn) -> HTMLResponse:
    """What Greenroom is, start or resume, and the latest interviews."""
    history = await opened.interviews.history(found.id, 6) if found else []
    open_one = next((one for one in history if one.state != "finished"), None)
    context = {
        "items": len(await opened.interviews.askable()),
        "open_interview": interview_row(open_one) if open_one else None,
        "recent": [interview_row(one) for one in history],
    }
    return render(request, "home.html", context)


@router.get("/history")
async def history(request: Request, opened: Work, found: SignedIn) -> HTMLResponse:
    """All interviews, newest first."""
    rows = [interview_row(one) for one in await opened.interviews.history(found.id)]
    return render(request, "history.html", {"interviews": rows})


def interview_row(one: Interview) -> dict[str, Any]:
    """An interview as lists show it."""
    titles = topic_titles()
    return {
        "id": one.id,
        "state": one.state,
        "created_at": one.created_at,
        "minutes": one.minutes,
        "level": one.level,
        "topics": [titles[Topic(topic)] for topic in one.topics],
        "rounds": len(one.rounds),
        "done": sum(row.done_at is not None for row in one.rounds),
        "url": f"/interviews/{one.id}/report" if one.state == "finished" else f"/interviews/{one.id}",
    }


@router.get("/doctor")
async def doctor(request: Request, opened: Work, _found: SignedIn) -> Response:
    """What was found on this machine; runs the sandbox' self-test."""
    facts = await asyncio.to_thread(check_up, opened.settings, opened.answering.judge, opened.answering.grader)
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"facts": [fact.as_json() for fact in facts]})
    return render(request, "doctor.html", {"facts": facts})
