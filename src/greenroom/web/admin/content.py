"""Pages for admins: the items of the bank with their switches, and disputes of findings."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from greenroom.accounts.rules import User
from greenroom.bank.findings import State
from greenroom.bank.models import Kind
from greenroom.bank.syllabus import topic_titles
from greenroom.interview.overruling import MAX_DECISION_CHARACTERS
from greenroom.interview.switches import MOST_REASON_CHARACTERS
from greenroom.kernel.errors import GreenroomError
from greenroom.web.admin import rows
from greenroom.web.page import render
from greenroom.web.paging import PAGE, After, Id, Word, cut
from greenroom.web.session import Admin, From, Now, OwnPage, Work

router = APIRouter(prefix="/admin", include_in_schema=False)

Text = Annotated[str, Form(max_length=20_000)]


@router.get("/items")
async def items(
    request: Request,
    opened: Work,
    _admin: Admin,
    search: Word = "",
    topic: Word = "",
    kind: Word = "",
    off: Word = "",
    after: After = None,
) -> HTMLResponse:
    """Every item of the bank, and whether it is asked."""
    found = await opened.switches.page(
        search=search, topic=topic, kind=kind, only_off=bool(off), after=after, limit=PAGE + 1
    )
    page = cut(found, PAGE, lambda one: one.item.slug)
    context = {
        "items": [rows.item(one) for one in page.rows],
        "topics": [{"id": one.value, "title": title} for one, title in topic_titles().items()],
        "kinds": [kind.value for kind in Kind],
        "filters": {"search": search, "topic": topic, "kind": kind, "off": off},
        "next": page.next,
    }
    return render(request, "admin/items.html", context)


@router.get("/items/{slug}")
async def item(request: Request, slug: Id, opened: Work, _admin: Admin) -> HTMLResponse:
    """One item and its switch."""
    return await _item(request, slug, opened)


async def _item(
    request: Request, slug: str, opened: Work, *, reason: str = "", error: GreenroomError | None = None
) -> HTMLResponse:
    one = await opened.switches.get(slug)
    context = rows.item(one) | {
        "prompt": one.item.prompt,
        "tags": one.item.head.tags,
        "minutes": one.item.head.minutes,
        "level": one.item.head.difficulty.level,
        "pack": one.item.pack,
        "reason": reason,
        "most": MOST_REASON_CHARACTERS,
        "error": error,
    }
    return render(request, "admin/item.html", context, error.status if error else 200)


@router.post("/items/{slug}/off", dependencies=[OwnPage])
async def switch_off(
    request: Request, slug: Id, opened: Work, admin: Admin, asked_from: From, moment: Now, reason: Text = ""
) -> Response:
    """Ask it in no new interview."""
    try:
        await opened.switches.switch_off(admin, slug, reason=reason, source=asked_from, now=moment)
    except GreenroomError as error:
        return await _item(request, slug, opened, reason=reason, error=error)
    return RedirectResponse(f"/admin/items/{slug}", status_code=303)


@router.post("/items/{slug}/on", dependencies=[OwnPage])
async def switch_on(slug: Id, opened: Work, admin: Admin, asked_from: From, moment: Now) -> Response:
    """Ask it again."""
    await opened.switches.switch_on(admin, slug, source=asked_from, now=moment)
    return RedirectResponse(f"/admin/items/{slug}", status_code=303)


@router.get("/disputes")
async def disputes(
    request: Request, opened: Work, _admin: Admin, state: Literal["open", "decided"] = "open", after: After = None
) -> HTMLResponse:
    """Those that wait, or those that were decided."""
    found = await opened.disputes.page(decided=state == "decided", after=after, limit=PAGE + 1)
    page = cut(found, PAGE, lambda one: one.id)
    context = {
        "disputes": [rows.case(one, opened.catalogue.get(one.item)) for one in page.rows],
        "filters": {"state": state},
        "next": page.next,
    }
    return render(request, "admin/disputes.html", context)


@router.get("/disputes/{dispute_id}")
async def dispute(request: Request, dispute_id: Id, opened: Work, admin: Admin) -> HTMLResponse:
    """One dispute, with the answer and the finding that it is about."""
    return await _dispute(request, dispute_id, opened, admin)


async def _dispute(
    request: Request,
    dispute_id: str,
    opened: Work,
    admin: User,
    *,
    text: str = "",
    error: GreenroomError | None = None,
) -> HTMLResponse:
    hearing = await opened.disputes.get(dispute_id)
    context = rows.hearing(hearing) | {"may_decide": opened.disputes.may_decide(admin, hearing.case)}
    context |= {"words": text, "error": error, "most": MAX_DECISION_CHARACTERS}
    return render(request, "admin/dispute.html", context, error.status if error else 200)


@router.post("/disputes/{dispute_id}/accept", dependencies=[OwnPage])
async def accept(
    request: Request,
    dispute_id: Id,
    opened: Work,
    admin: Admin,
    asked_from: From,
    moment: Now,
    state: Annotated[State, Form()],
    points: Annotated[float, Form()],
    text: Text = "",
) -> Response:
    """Change the finding."""
    try:
        await opened.disputes.accept(
            admin, dispute_id, state=state, points=points, text=text, source=asked_from, now=moment
        )
    except GreenroomError as error:
        return await _dispute(request, dispute_id, opened, admin, text=text, error=error)
    return RedirectResponse(f"/admin/disputes/{dispute_id}", status_code=303)


@router.post("/disputes/{dispute_id}/reject", dependencies=[OwnPage])
async def reject(
    request: Request, dispute_id: Id, opened: Work, admin: Admin, asked_from: From, moment: Now, text: Text = ""
) -> Response:
    """Leave the finding as it is."""
    try:
        await opened.disputes.reject(admin, dispute_id, text=text, source=asked_from, now=moment)
    except GreenroomError as error:
        return await _dispute(request, dispute_id, opened, admin, text=text, error=error)
    return RedirectResponse(f"/admin/disputes/{dispute_id}", status_code=303)
