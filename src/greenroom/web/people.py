"""Pages of accounts: logging in and out, registering, passwords, sessions, and the end of an account."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from greenroom.accounts.doors import Doors
from greenroom.accounts.errors import LinkRefused, LoginRefused
from greenroom.interview import exporting
from greenroom.interview.assembly import Workplace
from greenroom.kernel.errors import GreenroomError, NotFoundError
from greenroom.web.page import render, renew_at
from greenroom.web.session import From, FromHere, MaybeSignedIn, Now, OwnPage, People, SignedIn, Work

Field = Annotated[str, Form(max_length=2048)]
Number = Annotated[int, Form(ge=1, le=1_000_000)]
Link = Annotated[str, Query(max_length=200)]
Next = Annotated[str, Query(max_length=500)]


async def for_many(opened: Work) -> None:
    """Nothing of this is there in solo mode."""
    if opened.settings.mode != "server":
        raise NotFoundError("this Greenroom is for one person", mend="set GREENROOM_MODE=server to let others in")


async def doors(opened: Work) -> Doors:
    """The rate limits."""
    return Doors(opened.accounts, opened.limits)


Knocking = Annotated[Doors, Depends(doors)]

everywhere = APIRouter(include_in_schema=False)
router = APIRouter(include_in_schema=False, dependencies=[Depends(for_many)])


def inside(target: str) -> str:
    """*target* if it is a path of ours, else home: nobody is sent to another site after the login."""
    parts = urlsplit(target)
    good = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return target if good and not any(ord(one) < 32 for one in target) else "/"


@everywhere.get("/enter")
async def enter(request: Request, people: People, asked_from: From, moment: Now, link: Link = "") -> Response:
    """Use the one-time link up and sign in."""
    try:
        request.state.opened = await people.enter(link, asked_from, moment)
    except LinkRefused:
        return render(request, "enter.html", {}, 403)
    return RedirectResponse("/", status_code=303)


@everywhere.post("/leave", dependencies=[OwnPage])
async def leave(request: Request, people: People, found: SignedIn, asked_from: From, moment: Now) -> Response:
    """Sign out here."""
    await people.sessions.leave(found, asked_from, moment)
    return _gone(request)


@everywhere.get("/account")
async def account(request: Request, opened: Work, people: People, found: SignedIn, moment: Now) -> HTMLResponse:
    """Who is signed in, where, and what can be done with the account."""
    return await _account(request, opened, people, found, moment)


@everywhere.get("/account/form-token")
async def form_token(request: Request, _found: SignedIn) -> JSONResponse:
    """What a page that was open while its session ended needs to go on after a new login."""
    return JSONResponse({"csrf_token": request.state.csrf_token, "renew_at": renew_at(request)})


@everywhere.get("/account/export")
async def export(opened: Work, found: SignedIn, moment: Now) -> Response:
    """Everything that is stored of oneself."""
    body = await exporting.export(opened.database, found, moment)
    headers = {"content-disposition": 'attachment; filename="greenroom-export.zip"'}
    return Response(body, media_type="application/zip", headers=headers)


@everywhere.post("/account/sessions/{session_id}/end", dependencies=[OwnPage])
async def end_session(
    session_id: str, request: Request, people: People, found: SignedIn, asked_from: From, moment: Now
) -> Response:
    """End one of one's own sessions."""
    await people.sessions.end_one(found, session_id, asked_from, moment)
    return _gone(request) if session_id == found.session_id else RedirectResponse("/account", status_code=303)


@everywhere.post("/account/leave-everywhere", dependencies=[OwnPage])
async def leave_everywhere(
    request: Request, people: People, found: SignedIn, asked_from: From, moment: Now
) -> Response:
    """Sign out everywhere."""
    await people.sessions.leave_everywhere(found, asked_from, moment)
    return _gone(request)


def _gone(request: Request) -> Response:
    request.state.opened, request.state.closed = None, True
    return RedirectResponse("/", status_code=303)


@everywhere.post("/account/training", dependencies=[OwnPage])
async def training(
    opened: Work, found: SignedIn, asked_from: From, moment: Now, given: Field = "", version: Number = 1
) -> Response:
    """Let the grader learn from one's answers, or withdraw that."""
    await opened.training.decide(found, given=given == "yes", version=version, source=asked_from, now=moment)
    return RedirectResponse("/account#training", status_code=303)


@router.get("/login")
async def login_page(request: Request, found: MaybeSignedIn, to: Next = "/") -> Response:
    """The form."""
    if found is not None:
        return RedirectResponse(inside(to), status_code=303)
    return _login(request, to)


@router.post("/login", dependencies=[FromHere])
async def login(
    request: Request,
    people: People,
    knocking: Knocking,
    asked_from: From,
    moment: Now,
    email: Field = "",
    password: Field = "",
    to: Field = "/",
) -> Response:
    """Sign in."""
    try:
        await knocking.before_login(email, asked_from)
        request.state.opened = await people.login(email, password, asked_from, moment)
    except GreenroomError as error:
        return _login(request, to, email=email, error=error)
    await knocking.after_login(email, asked_from)
    return RedirectResponse(inside(to), status_code=303)


def _login(request: Request, to: str, *, email: str = "", error: GreenroomError | None = None) -> Response:
    registration = request.app.state.work.accounts.registration
    context = {"to": inside(to), "email": email, "error": error, "open": registration == "open"}
    return render(request, "login.html", context, _status(error))


@router.get("/register")
async def register_page(request: Request) -> Response:
    """The form. The secret of an invitation is in the part of the link that no server sees."""
    return _register(request)


@router.post("/register", dependencies=[FromHere])
async def register(
    request: Request,
    people: People,
    knocking: Knocking,
    asked_from: From,
    moment: Now,
    email: Field = "",
    name: Field = "",
    password: Field = "",
    invitation: Field = "",
) -> Response:
    """Make an account."""
    try:
        await knocking.before_registration(asked_from)
        await people.register(
            email=email, name=name, password=password, invitation=invitation or None, source=asked_from, now=moment
        )
    except GreenroomError as error:
        return _register(request, email=email, name=name, invitation=invitation, error=error)
    text = "Log in with the address and the password that you chose. If you had an account already, a letter says so."
    return render(request, "told.html", {"title": "Your account", "text": text, "url": "/login", "go": "Log in"})


def _register(
    request: Request, *, email: str = "", name: str = "", invitation: str = "", error: GreenroomError | None = None
) -> Response:
    registration = request.app.state.work.accounts.registration
    context = {"email": email, "name": name, "invitation": invitation, "error": error, "registration": registration}
    return render(request, "register.html", context, _status(error))


@router.get("/forgot")
async def forgot_page(request: Request) -> Response:
    """The form."""
    return render(request, "forgot.html", {"email": "", "error": None})


@router.post("/forgot", dependencies=[FromHere])
async def forgot(
    request: Request, people: People, knocking: Knocking, asked_from: From, moment: Now, email: Field = ""
) -> Response:
    """Have a link sent."""
    try:
        await knocking.before_letter(email, asked_from)
    except GreenroomError as error:
        return render(request, "forgot.html", {"email": email, "error": error}, _status(error))
    await people.forgot(email, asked_from, moment)
    text = "If there is such an account, a letter with a link is on its way. The link works for 30 minutes, once."
    return render(request, "told.html", {"title": "Look into your mail", "text": text, "url": "/login", "go": "Log in"})


@router.get("/reset")
async def reset_page(request: Request) -> Response:
    """The form. The secret of the link is in the part that no server sees."""
    return render(request, "reset.html", {"link": "", "error": None})


@router.post("/reset", dependencies=[FromHere])
async def reset(
    request: Request,
    people: People,
    knocking: Knocking,
    asked_from: From,
    moment: Now,
    link: Field = "",
    password: Field = "",
) -> Response:
    """Set another password."""
    try:
        await knocking.before_registration(asked_from)
        await people.reset(link, password, asked_from, moment)
    except GreenroomError as error:
        return render(request, "reset.html", {"link": link, "error": error}, _status(error))
    text = "The new password holds from now on, and you are signed out everywhere."
    return render(request, "told.html", {"title": "Done", "text": text, "url": "/login", "go": "Log in"})


@router.post("/account/password", dependencies=[OwnPage])
async def change_password(
    request: Request,
    opened: Work,
    people: People,
    knocking: Knocking,
    found: SignedIn,
    asked_from: From,
    moment: Now,
    old: Field = "",
    new: Field = "",
) -> Response:
    """Set another password; every other session ends."""
    try:
        await knocking.before_password(found.id)
        request.state.opened = await people.change_password(found, old, new, asked_from, moment)
    except GreenroomError as error:
        return await _account(request, opened, people, found, moment, password_error=error)
    return RedirectResponse("/account", status_code=303)


@router.post("/account/delete", dependencies=[OwnPage])
async def delete(
    request: Request,
    opened: Work,
    people: People,
    knocking: Knocking,
    found: SignedIn,
    asked_from: From,
    moment: Now,
    password: Field = "",
) -> Response:
    """Delete the account with all that is in it."""
    try:
        await knocking.before_password(found.id)
        await people.delete(found, password, asked_from, moment)
    except GreenroomError as error:
        return await _account(request, opened, people, found, moment, delete_error=error)
    return _gone(request)


async def _account(
    request: Request,
    opened: Workplace,
    people: People,
    found: SignedIn,
    moment: Now,
    *,
    password_error: GreenroomError | None = None,
    delete_error: GreenroomError | None = None,
) -> HTMLResponse:
    context = {
        "user": found,
        "solo": opened.settings.mode == "solo",
        "training": await opened.training.consent(found),
        "devices": await people.sessions.devices(found.id, moment),
        "password_error": _for_owner(password_error),
        "delete_error": _for_owner(delete_error),
    }
    return render(request, "account.html", context, _status(password_error or delete_error))


def _for_owner(error: GreenroomError | None) -> GreenroomError | None:
    """Somebody who is signed in has only one thing that can be wrong here."""
    return (
        GreenroomError("the password is not right", mend="type it again") if isinstance(error, LoginRefused) else error
    )


def _status(error: GreenroomError | None) -> int:
    return error.status if error is not None else 200
