"""`/api/v1`: registering, logging in and out, renewing, passwords, sessions, and one's own data."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response
from starlette.status import HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from greenroom.accounts.doors import Doors
from greenroom.accounts.errors import SessionOver
from greenroom.accounts.schemas import (
    Address,
    Confirmation,
    Credentials,
    Me,
    NewPassword,
    PasswordChange,
    Registration,
    Session,
    SessionList,
    Tokens,
    Told,
)
from greenroom.grading.intake.schemas import ConsentChange, ConsentView
from greenroom.interview import exporting
from greenroom.web.api.problems import problems
from greenroom.web.api.routing import api_router
from greenroom.web.session import From, FromHere, Now, OwnPage, People, SignedIn, Work, cookies, user

router = api_router("accounts")


async def doors(opened: Work) -> Doors:
    """The rate limits."""
    return Doors(opened.accounts, opened.limits)


Knocking = Annotated[Doors, Depends(doors)]
SessionId = Annotated[str, Path(pattern=r"^[0-9a-z-]+$", max_length=36)]


@router.get("/me", operation_id="read_me", responses=problems(401))
async def me(request: Request) -> Me:
    """Who is signed in."""
    found = await user(request)  # asked for everywhere and often: a dependency would cost as much again
    return Me(id=found.id, name=found.name, email=found.email, role=found.role)


@router.post(
    "/register",
    operation_id="register",
    status_code=HTTP_202_ACCEPTED,
    dependencies=[FromHere],
    responses=problems(403, 422, 429),
)
async def register(wanted: Registration, people: People, knocking: Knocking, asked_from: From, moment: Now) -> Told:
    """Make an account. The answer is the same for an address that has one: its owner gets a letter."""
    await knocking.before_registration(asked_from)
    await people.register(**wanted.model_dump(), source=asked_from, now=moment)
    return Told(detail="You can log in now. If you had an account already, a letter tells you so.")


@router.post("/login", operation_id="login", dependencies=[FromHere], responses=problems(401, 403, 422, 429, 503))
async def login(
    given: Credentials, request: Request, people: People, knocking: Knocking, asked_from: From, moment: Now
) -> Tokens:
    """Open a session: an access token in the answer, and both tokens in cookies."""
    await knocking.before_login(given.email, asked_from)
    opened = await people.login(given.email, given.password, asked_from, moment)
    await knocking.after_login(given.email, asked_from)
    request.state.opened = opened
    return Tokens.of(opened, moment)


@router.post("/refresh", operation_id="refresh", dependencies=[FromHere], responses=problems(401, 403, 409, 429))
async def refresh(request: Request, people: People, knocking: Knocking, asked_from: From, moment: Now) -> Tokens:
    """Renew the session with the refresh token of the cookie, which is spent by it.

    409: another request has renewed it a moment ago; its cookies are the good ones.
    """
    await knocking.before_refresh(asked_from)
    token = request.cookies.get(cookies(request).refresh, "")
    try:
        opened = await people.sessions.refresh(token, asked_from, moment)
    except SessionOver:
        request.state.closed = bool(token)
        raise
    request.state.opened = opened
    return Tokens.of(opened, moment)


@router.post(
    "/logout",
    operation_id="logout",
    status_code=HTTP_204_NO_CONTENT,
    dependencies=[OwnPage],
    responses=problems(401, 403),
)
async def logout(request: Request, people: People, found: SignedIn, asked_from: From, moment: Now) -> Response:
    """End this session."""
    await people.sessions.leave(found, asked_from, moment)
    return _over(request)


@router.post(
    "/logout-everywhere",
    operation_id="logout_everywhere",
    status_code=HTTP_204_NO_CONTENT,
    dependencies=[OwnPage],
    responses=problems(401, 403),
)
async def logout_everywhere(
    request: Request, people: People, found: SignedIn, asked_from: From, moment: Now
) -> Response:
    """End every session of one's own."""
    await people.sessions.leave_everywhere(found, asked_from, moment)
    return _over(request)


def _over(request: Request) -> Response:
    request.state.opened, request.state.closed = None, True
    return Response(status_code=HTTP_204_NO_CONTENT)


@router.delete(
    "/me",
    operation_id="delete_me",
    status_code=HTTP_204_NO_CONTENT,
    dependencies=[OwnPage],
    responses=problems(401, 403, 409, 422, 429),
)
async def delete_me(
    given: Confirmation,
    request: Request,
    people: People,
    knocking: Knocking,
    found: SignedIn,
    asked_from: From,
    moment: Now,
) -> Response:
    """Delete the own account with all interviews and answers. It cannot be undone: export first."""
    await knocking.before_password(found.id)
    await people.delete(found, given.password, asked_from, moment)
    return _over(request)


_ZIP: dict[int | str, dict[str, Any]] = {200: {"content": {"application/zip": {}}, "description": "A zip archive."}}


@router.get("/me/export", operation_id="export_me", responses=problems(401) | _ZIP, response_class=Response)
async def export_me(opened: Work, found: SignedIn, moment: Now) -> Response:
    """Everything that is stored of oneself, as JSON files in a zip archive."""
    body = await exporting.export(opened.database, found, moment)
    headers = {"content-disposition": 'attachment; filename="greenroom-export.zip"'}
    return Response(body, media_type="application/zip", headers=headers)


@router.get("/me/training-consent", operation_id="read_training_consent", responses=problems(401))
async def training_consent(opened: Work, found: SignedIn) -> ConsentView:
    """Whether one's answers may train the grader, and the text that this is about."""
    return await opened.training.consent(found)


@router.put(
    "/me/training-consent",
    operation_id="decide_training_consent",
    dependencies=[OwnPage],
    responses=problems(401, 403, 409, 422),
)
async def decide_training_consent(
    given: ConsentChange, opened: Work, found: SignedIn, asked_from: From, moment: Now
) -> ConsentView:
    """Agree to the text of that version, or withdraw: then what was kept for training can no longer be read.

    409: the text has changed since; read it again.
    """
    return await opened.training.decide(found, given=given.given, version=given.version, source=asked_from, now=moment)


@router.get("/sessions", operation_id="list_sessions", responses=problems(401))
async def sessions(people: People, found: SignedIn, moment: Now) -> SessionList:
    """One's own sessions."""
    devices = await people.sessions.devices(found.id, moment)
    return SessionList(sessions=[Session.of(one, found.session_id) for one in devices])


@router.delete(
    "/sessions/{session_id}",
    operation_id="end_session",
    status_code=HTTP_204_NO_CONTENT,
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 422),
)
async def end_session(
    session_id: SessionId, request: Request, people: People, found: SignedIn, asked_from: From, moment: Now
) -> Response:
    """End one of them."""
    await people.sessions.end_one(found, session_id, asked_from, moment)
    return _over(request) if session_id == found.session_id else Response(status_code=HTTP_204_NO_CONTENT)


@router.post(
    "/password", operation_id="change_password", dependencies=[OwnPage], responses=problems(401, 403, 422, 429, 503)
)
async def change_password(
    given: PasswordChange,
    request: Request,
    people: People,
    knocking: Knocking,
    found: SignedIn,
    asked_from: From,
    moment: Now,
) -> Tokens:
    """Set another password. Every session ends; this client goes on in a new one."""
    await knocking.before_password(found.id)
    opened = await people.change_password(found, given.old, given.new, asked_from, moment)
    request.state.opened = opened
    return Tokens.of(opened, moment)


@router.post(
    "/password/forgot",
    operation_id="forgot_password",
    status_code=HTTP_202_ACCEPTED,
    dependencies=[FromHere],
    responses=problems(403, 422, 429),
)
async def forgot(given: Address, people: People, knocking: Knocking, asked_from: From, moment: Now) -> Told:
    """Have a link sent that sets another password. The answer is the same for an address without an account."""
    await knocking.before_letter(given.email, asked_from)
    await people.forgot(given.email, asked_from, moment)
    return Told(detail="If there is such an account, a letter with a link is on its way.")


@router.post(
    "/password/reset",
    operation_id="reset_password",
    status_code=HTTP_204_NO_CONTENT,
    dependencies=[FromHere],
    responses=problems(403, 422, 429, 503),
)
async def reset(given: NewPassword, people: People, knocking: Knocking, asked_from: From, moment: Now) -> Response:
    """Set another password with the secret of such a link. Every session ends."""
    await knocking.before_registration(asked_from)
    await people.reset(given.link, given.password, asked_from, moment)
    return Response(status_code=HTTP_204_NO_CONTENT)
