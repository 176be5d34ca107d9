"""Pages for admins: the overview, users, invitations, and the audit."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from greenroom.accounts import audit
from greenroom.accounts.rules import Role
from greenroom.accounts.service import Invited
from greenroom.kernel.errors import GreenroomError
from greenroom.web.admin import rows
from greenroom.web.page import render
from greenroom.web.paging import PAGE, After, Id, Word, cut
from greenroom.web.people import for_many
from greenroom.web.session import Admin, From, Now, OwnPage, People, Work

everywhere = APIRouter(prefix="/admin", include_in_schema=False)
router = APIRouter(prefix="/admin", include_in_schema=False, dependencies=[Depends(for_many)])


@everywhere.get("")
async def overview(request: Request, opened: Work, _admin: Admin, moment: Now) -> HTMLResponse:
    """How many there are of each."""
    counts = await opened.administration.counts(moment) | await opened.interviews.counts()
    return render(request, "admin/overview.html", counts | {"items": len(opened.catalogue.every)})


@everywhere.get("/audit")
async def audited(
    request: Request,
    opened: Work,
    _admin: Admin,
    action: Word = "",
    actor: Word = "",
    subject: Word = "",
    after: After = None,
) -> HTMLResponse:
    """What was done, by whom, to whom; an actor or a subject may be named by address."""
    people = opened.administration
    found = await audit.entries(
        opened.database,
        action=action or None,
        actor=await people.id_of(actor) if actor else None,
        subject=await people.id_of(subject) if subject else None,
        before=after,
        limit=PAGE + 1,
    )
    page = cut(found, PAGE, lambda entry: entry.id)
    names = await people.names(one for entry in page.rows for one in (entry.actor_id, entry.subject_id))
    context = {
        "entries": [rows.entry(entry, names) for entry in page.rows],
        "actions": await people.actions(),
        "filters": {"action": action, "actor": actor, "subject": subject},
        "next": page.next,
    }
    return render(request, "admin/audit.html", context)


@router.get("/users")
async def users(request: Request, opened: Work, _admin: Admin, search: Word = "", after: After = None) -> HTMLResponse:
    """Who has an account."""
    found = await opened.administration.users(search=search, after=after, limit=PAGE + 1)
    page = cut(found, PAGE, lambda one: one.id)
    return render(request, "admin/users.html", {"users": page.rows, "filters": {"search": search}, "next": page.next})


@router.get("/users/{user_id}")
async def user(request: Request, user_id: Id, opened: Work, admin: Admin, moment: Now) -> HTMLResponse:
    """One user, where they are signed in, and what can be done."""
    return await _user(request, user_id, opened, admin, moment)


async def _user(
    request: Request, user_id: str, opened: Work, admin: Admin, moment: Now, error: GreenroomError | None = None
) -> HTMLResponse:
    context = {
        "user": await opened.administration.user(user_id),
        "devices": await opened.accounts.sessions.devices(user_id, moment),
        "me": admin.id,
        "roles": list(Role),
        "error": error,
    }
    return render(request, "admin/user.html", context, error.status if error else 200)


@router.post("/users/{user_id}/role", dependencies=[OwnPage])
async def set_role(
    request: Request,
    user_id: Id,
    opened: Work,
    people: People,
    admin: Admin,
    asked_from: From,
    moment: Now,
    role: Annotated[Role, Form()],
) -> Response:
    """Give them another role; their sessions end."""
    try:
        await people.set_role(admin, user_id, role, asked_from, moment)
    except GreenroomError as error:
        return await _user(request, user_id, opened, admin, moment, error)
    return _to(user_id)


@router.post("/users/{user_id}/disabled", dependencies=[OwnPage])
async def set_disabled(
    request: Request,
    user_id: Id,
    opened: Work,
    people: People,
    admin: Admin,
    asked_from: From,
    moment: Now,
    disabled: Annotated[bool, Form()],
) -> Response:
    """Shut them out, or let them in again."""
    try:
        await people.set_disabled(admin, user_id, disabled, asked_from, moment)
    except GreenroomError as error:
        return await _user(request, user_id, opened, admin, moment, error)
    return _to(user_id)


@router.post("/users/{user_id}/end-sessions", dependencies=[OwnPage])
async def end_sessions(user_id: Id, people: People, admin: Admin, asked_from: From, moment: Now) -> Response:
    """Log them out everywhere."""
    await people.end_sessions_of(admin, user_id, asked_from, moment)
    return _to(user_id)


def _to(user_id: str) -> RedirectResponse:
    return RedirectResponse(f"/admin/users/{user_id}", status_code=303)


@router.get("/invitations")
async def invitations(request: Request, opened: Work, _admin: Admin, moment: Now, after: After = None) -> HTMLResponse:
    """Who was invited, and the form."""
    return await _invitations(request, opened, moment, after)


async def _invitations(
    request: Request,
    opened: Work,
    moment: Now,
    after: str | None = None,
    *,
    made: Invited | None = None,
    email: str = "",
    error: GreenroomError | None = None,
) -> HTMLResponse:
    found = await opened.administration.invitations(moment, after=after, limit=PAGE + 1)
    page = cut(found, PAGE, lambda one: one.id)
    context = {
        "invitations": page.rows,
        "next": page.next,
        "made": made,
        "link": f"{opened.accounts.address}/register#{made.secret}" if made else "",
        "roles": list(Role),
        "email": email,
        "error": error,
        "closed": opened.accounts.registration == "closed",
    }
    return render(request, "admin/invitations.html", context, error.status if error else 200)


@router.post("/invitations", dependencies=[OwnPage])
async def invite(
    request: Request,
    opened: Work,
    people: People,
    admin: Admin,
    asked_from: From,
    moment: Now,
    email: Annotated[str, Form(max_length=2048)] = "",
    role: Annotated[Role, Form()] = Role.candidate,
) -> HTMLResponse:
    """Make an invitation. Its link is in this answer and nowhere else: only its hash is stored."""
    try:
        made = await people.invite(admin.id, email=email.strip() or None, role=role, source=asked_from, now=moment)
    except GreenroomError as error:
        return await _invitations(request, opened, moment, email=email, error=error)
    return await _invitations(request, opened, moment, made=made)


@router.post("/invitations/{invitation_id}/withdraw", dependencies=[OwnPage])
async def withdraw(invitation_id: Id, people: People, admin: Admin, asked_from: From, moment: Now) -> RedirectResponse:
    """Have an unused one stop working."""
    await people.withdraw(admin.id, invitation_id, asked_from, moment)
    return RedirectResponse("/admin/invitations", status_code=303)
