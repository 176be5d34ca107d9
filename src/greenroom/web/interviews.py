"""Set-up, the course of an interview, and its report."""

from __future__ import annotations

import asyncio
import random
import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.background import BackgroundTask

from greenroom.bank.models import Kind, Topic
from greenroom.interview import report as reports
from greenroom.interview.assembly import Workplace
from greenroom.interview.planning import Level, Plan, plan
from greenroom.interview.rules import StepName
from greenroom.kernel.errors import ConflictError, GreenroomError, InputError, NotFoundError
from greenroom.web import views
from greenroom.web.keeping import KeepsDraft
from greenroom.web.page import render
from greenroom.web.questions import visible_cases
from greenroom.web.session import From, Now, OwnPage, Running, SignedIn, Work

router = APIRouter(include_in_schema=False)

Topics = Annotated[list[Topic] | None, Query()]
Minutes = Annotated[int, Query()]


async def _plan(opened: Workplace, topics: list[Topic], minutes: int, level: Level, seed: int) -> Plan:
    items = await opened.interviews.askable()
    return plan(items, topics=set(topics), minutes=minutes, level=level, rng=random.Random(seed))


@router.get("/setup")
async def setup(request: Request, opened: Work, _found: SignedIn) -> HTMLResponse:
    """Choose topics, length and difficulty."""
    return render(
        request, "setup.html", views.setup(await opened.interviews.askable(), await opened.interviews.warm_up())
    )


@router.get("/setup/plan")
async def plan_preview(
    request: Request,
    opened: Work,
    _found: SignedIn,
    topics: Topics = None,
    minutes: Minutes = 60,
    level: Level = "mixed",
) -> HTMLResponse:
    """What the time allows, before anything is decided (the very questions are drawn at the start)."""
    try:
        made = await _plan(opened, topics or [], minutes, level, seed=0)
    except InputError as error:
        return render(request, "plan.html", {"error": error.line(), "plan": None})
    return render(request, "plan.html", {"error": None, "plan": views.plan(made, minutes)})


@router.get("/setup/self-test")
async def self_test(request: Request, opened: Work, _found: SignedIn) -> HTMLResponse:
    """Programs try to get out of the sandbox; the page says which walls held."""
    test = await asyncio.to_thread(opened.answering.judge.self_test)
    return render(request, "self_test.html", {"test": test})


@router.post("/interviews", dependencies=[OwnPage])
async def create(
    opened: Work,
    found: SignedIn,
    moment: Now,
    topics: Annotated[list[Topic] | None, Form()] = None,
    minutes: Annotated[int, Form()] = 60,
    level: Annotated[Level, Form()] = "mixed",
) -> Response:
    """Plan an interview; the clock does not run yet."""
    seed = secrets.randbelow(2**31)
    made = await opened.interviews.create(
        found.id, topics=topics or [], minutes=minutes, level=level, seed=seed, now=moment
    )
    return RedirectResponse(f"/interviews/{made.id}", status_code=303)


@router.post("/warm-up", dependencies=[OwnPage])
async def warm_up(opened: Work, found: SignedIn, moment: Now) -> Response:
    """Open the unscored question to try the tools on."""
    item = await opened.interviews.warm_up()
    if item is None:
        raise NotFoundError("the bank has no warm-up", mend="start an interview instead")
    made = await opened.interviews.create_with(found.id, [item], now=moment, warm_up=True)
    return await _begin(opened, found.id, made.id, moment)


@router.get("/interviews/{interview_id}")
async def interview(request: Request, interview_id: str, opened: Work, found: SignedIn) -> Response:
    """Where the interview stands: the forecast, the current round, or the report."""
    one = await opened.interviews.get(found.id, interview_id)
    if one.state == "finished":
        return RedirectResponse(f"/interviews/{interview_id}/report", status_code=303)
    current = one.current
    if one.state == "running" and current is not None and current.opened_at is not None:
        return RedirectResponse(f"/rounds/{current.id}", status_code=303)
    if one.state == "ready":
        return render(request, "forecast.html", views.forecast(one))
    return render(request, "paused.html", views.paused(one))


@router.post("/interviews/{interview_id}/forecast", dependencies=[OwnPage])
async def forecast(interview_id: str, request: Request, opened: Work, found: SignedIn, moment: Now) -> Response:
    """Store the forecast (if one was made) and start the clock of the first round."""
    form = await request.form()
    shares = {
        name.removeprefix("share:"): _share(str(value))
        for name, value in form.items()
        if name.startswith("share:") and str(value).strip()
    }
    if shares and "skip" not in form:
        await opened.interviews.forecast(found.id, interview_id, shares)
    return await _begin(opened, found.id, interview_id, moment)


def _share(text: str) -> float:
    try:
        return float(text) / 100
    except ValueError:
        raise InputError(f"{text!r} is not a number", mend="a forecast is a share from 0 to 100 %") from None


@router.post("/interviews/{interview_id}/begin", dependencies=[OwnPage])
async def begin(interview_id: str, opened: Work, found: SignedIn, moment: Now) -> Response:
    """Go on: with the next round, or after a pause; to the report when all is done."""
    return await _begin(opened, found.id, interview_id, moment)


async def _begin(opened: Workplace, user_id: str, interview_id: str, moment: Now) -> Response:
    current = await opened.interviews.begin(user_id, interview_id, moment)
    if current is None:
        return _to_report(opened, interview_id)
    item = opened.catalogue.get(current.item)
    ready = BackgroundTask(opened.answering.make_ready, item) if item is not None else None
    return RedirectResponse(f"/rounds/{current.id}", status_code=303, background=ready)


def _to_report(opened: Workplace, interview_id: str) -> Response:
    """The interview is over: what the judge keeps for its questions may go."""
    rest = BackgroundTask(opened.answering.judge.rest)
    return RedirectResponse(f"/interviews/{interview_id}/report", status_code=303, background=rest)


@router.post("/interviews/{interview_id}/{action}", dependencies=[OwnPage, KeepsDraft])
async def act(
    interview_id: str, action: Literal["pause", "finish", "delete"], opened: Work, found: SignedIn, moment: Now
) -> Response:
    """Pause, end early, or delete."""
    if action == "pause":
        await opened.interviews.pause(found.id, interview_id, moment)
        return RedirectResponse(f"/interviews/{interview_id}", status_code=303)
    if action == "finish":
        await opened.interviews.finish(found.id, interview_id, moment)
        return _to_report(opened, interview_id)
    await opened.interviews.delete(found.id, interview_id)
    return RedirectResponse("/history", status_code=303)


@router.get("/interviews/{interview_id}/report")
async def report(request: Request, interview_id: str, opened: Work, found: SignedIn, moment: Now) -> Response:
    """Where the candidate stands, with the evidence."""
    return render(request, "report.html", views.report(await _report(opened, found.id, interview_id, moment)))


@router.get("/interviews/{interview_id}/report.json")
async def report_json(interview_id: str, opened: Work, found: SignedIn, moment: Now) -> JSONResponse:
    """The same as data."""
    body = reports.as_json(await _report(opened, found.id, interview_id, moment))
    headers = {"content-disposition": f'attachment; filename="greenroom-{interview_id}.json"'}
    return JSONResponse(body, headers=headers)


async def _report(opened: Workplace, user_id: str, interview_id: str, moment: Now) -> reports.Report:
    one = await opened.interviews.get(user_id, interview_id)
    return reports.build(one, opened.catalogue, moment, askable=await opened.interviews.askable())


@router.get("/rounds/{round_id}")
async def round_page(
    request: Request, round_id: str, opened: Work, running: Running, found: SignedIn, moment: Now
) -> Response:
    """The interview screen of a round, whatever comes next in it."""
    place = await opened.interviews.place(found.id, round_id)
    if place.step.name in (StepName.done, StepName.finish) or place.interview.state == "finished":
        return RedirectResponse(f"/rounds/{round_id}/debrief", status_code=303)
    if place.step.name is StepName.waiting or place.interview.state == "paused":
        return RedirectResponse(f"/interviews/{place.interview.id}", status_code=303)
    if place.item is None:
        raise GreenroomError("the pack of this question is not installed any more", mend="skip the round")
    before = running.before(place.step.submission.id) if place.step.submission else None
    cases = await visible_cases(place.item)
    page = render(request, "round.html", views.round_screen(place, moment, cases, before))
    if place.item.kind is Kind.design and not opened.answering.engine.ready:
        page.background = BackgroundTask(opened.answering.make_ready, place.item)
    return page


@router.get("/rounds/{round_id}/debrief")
async def debrief(request: Request, round_id: str, opened: Work, found: SignedIn) -> Response:
    """What became of the round, and the reasoning behind a good answer."""
    place = await opened.interviews.place(found.id, round_id)
    if place.step.name not in (StepName.done, StepName.finish) and place.interview.state != "finished":
        return RedirectResponse(f"/rounds/{round_id}", status_code=303)
    return render(request, "debrief.html", views.debrief(place))


@router.post("/rounds/{round_id}/disputes", dependencies=[OwnPage])
async def dispute(
    request: Request,
    round_id: str,
    opened: Work,
    found: SignedIn,
    asked_from: From,
    moment: Now,
    point: Annotated[str, Form(max_length=64)] = "",
    text: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Say that a finding is wrong; where that is refused, the page has the text still."""
    place = await opened.interviews.place(found.id, round_id)
    try:
        await opened.disputes.open(found, round_id, point=point, text=text, source=asked_from, now=moment)
    except (ConflictError, InputError) as error:
        context = views.debrief(place) | {"dispute_at": point, "dispute_error": error, "dispute_words": text}
        return render(request, "debrief.html", context, error.status)
    return RedirectResponse(f"/rounds/{round_id}/debrief", status_code=303)
