"""The page for admins about the grader: who answers, what a challenger has shown, and answers that wait to be read."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from greenroom.bank.findings import State
from greenroom.grading.registry.service import ModelRecord
from greenroom.interview import queries
from greenroom.interview.assembly import Workplace
from greenroom.interview.designs import words_of
from greenroom.kernel.errors import GreenroomError
from greenroom.web.page import render
from greenroom.web.session import Admin, Now, OwnPage, Work

router = APIRouter(prefix="/admin", include_in_schema=False)

_MOST_AUDITS, _MOST_MOVES = 20, 10
_MOST_REASON = 500
_MOVES = {"nominate": "challenger", "promote": "promoted", "rollback": "rolled back"}
Version = Annotated[str, Form(max_length=200)]
Reason = Annotated[str, Form(max_length=_MOST_REASON)]


@router.get("/grader")
async def grader(request: Request, opened: Work, _admin: Admin) -> HTMLResponse:
    """How things stand with the models."""
    return await _page(request, opened)


@router.post("/grader/promote", dependencies=[OwnPage])
async def promote(request: Request, opened: Work, admin: Admin, moment: Now, version: Version) -> Response:
    """Let the challenger answer; every condition is looked at once more."""
    parts = opened.lifecycle
    try:
        verdict, aliases, _ = await parts.verdict(version)
        await parts.registry.promote(
            version, verdict, moment, champion=aliases.champion, by=admin.id, reason="on the page for admins"
        )
        await parts.desk.models.refresh()
    except GreenroomError as error:
        return await _page(request, opened, error)
    return RedirectResponse("/admin/grader", status_code=303)


@router.post("/grader/rollback", dependencies=[OwnPage])
async def roll_back(
    request: Request, opened: Work, admin: Admin, moment: Now, version: Version, reason: Reason = ""
) -> Response:
    """Let the model before *version* answer again, if that one still answers."""
    try:
        told = reason.strip() or "on the page for admins"
        await opened.lifecycle.registry.roll_back(moment, by=admin.id, reason=told, champion=version)
        await opened.lifecycle.desk.models.refresh()
    except GreenroomError as error:
        return await _page(request, opened, error)
    return RedirectResponse("/admin/grader", status_code=303)


@router.post("/grader/audits", dependencies=[OwnPage])
async def audit(
    request: Request,
    opened: Work,
    _admin: Admin,
    moment: Now,
    submission: Version,
    point: Version,
    state: Annotated[Literal["present", "absent", "contradicted"], Form()],
) -> Response:
    """Keep what a person reads in an answer about a point."""
    try:
        await opened.lifecycle.desk.label(submission, point, "audit", State(state), moment)
    except GreenroomError as error:
        return await _page(request, opened, error)
    return RedirectResponse("/admin/grader#audits", status_code=303)


async def _page(request: Request, opened: Workplace, error: GreenroomError | None = None) -> HTMLResponse:
    parts = opened.lifecycle
    aliases, shipped = await parts.registry.aliases(), parts.desk.models.shipped.version
    champion = aliases.champion or shipped
    checks: list[dict[str, Any]] = []
    may_follow = False
    if aliases.challenger is not None:
        verdict, _, _ = await parts.verdict(aliases.challenger)
        checks, may_follow = [asdict(one) for one in verdict.checks], verdict.promote
    context = {
        "champion": champion,
        "is_shipped": aliases.champion is None,
        "challenger": aliases.challenger,
        "before": aliases.previous or shipped,
        "checks": checks,
        "may_follow": may_follow,
        "models": [_model(one) for one in await parts.registry.every()],
        "moves": [_move(one) for one in await parts.registry.history(_MOST_MOVES)],
        "audits": await _audits(opened),
        "most_reason": _MOST_REASON,
        "error": error,
    }
    return render(request, "admin/grader.html", context, error.status if error else 200)


def _model(one: ModelRecord) -> dict[str, Any]:
    told = one.as_json()
    return told | {"created_at": datetime.fromisoformat(told["created_at"])}


def _move(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"moved_at": datetime.fromisoformat(one["moved_at"]), "word": _MOVES.get(one["sort"], one["sort"])}


async def _audits(opened: Workplace) -> list[dict[str, str]]:
    """Points that wait to be read by a person, without what the model said: that would lead them."""
    waiting = await opened.lifecycle.desk.waiting_audits(_MOST_AUDITS)
    async with opened.database.read() as connection:
        texts = await queries.texts_of(connection, {one["submission_id"] for one in waiting})
    found = []
    for one in waiting:
        item = opened.catalogue.get(one["item"])
        point = item.point_by_id.get(one["point"]) if item else None
        if item is not None and point is not None:
            told = {"title": item.title, "point_title": point.title, "claim": point.claim or ""}
            words = await asyncio.to_thread(words_of, item, texts.get(one["submission_id"], ""))
            found.append(one | told | {"answer": words})
    return found
