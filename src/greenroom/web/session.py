"""Who asks, and whether a request that changes something came from our own pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from greenroom.accounts.audit import Source
from greenroom.accounts.errors import RefreshRaced, SessionOver
from greenroom.accounts.rules import Role, User, at_least
from greenroom.accounts.service import Accounts
from greenroom.accounts.sessions import Opened
from greenroom.interview.assembly import Workplace
from greenroom.interview.tries import Tries
from greenroom.interview.worker import Workers
from greenroom.kernel.errors import GreenroomError
from greenroom.platform.channels import Channels
from greenroom.web.cookies import Cookies


class SignInNeeded(GreenroomError):
    """Nobody is signed in."""

    status = 401
    code = "sign-in-needed"


class Refused(GreenroomError):
    """The request did not come from a page of ours, or from somebody who may not."""

    status = 403
    code = "refused"


def work(request: Request) -> Workplace:
    """The opened parts."""
    opened: Workplace = request.app.state.work
    return opened


def workers(request: Request) -> Workers:
    """The workers that answer submissions."""
    running: Workers = request.app.state.workers
    return running


def tries(request: Request) -> Tries:
    """The runs of visible cases."""
    trying: Tries = request.app.state.tries
    return trying


def channels(request: Request) -> Channels:
    """The live channels."""
    live: Channels = request.app.state.channels
    return live


Work = Annotated[Workplace, Depends(work)]
Running = Annotated[Workers, Depends(workers)]
Trying = Annotated[Tries, Depends(tries)]
Live = Annotated[Channels, Depends(channels)]


def now(opened: Work) -> datetime:
    """The time of this request."""
    return opened.clock.now()


Now = Annotated[datetime, Depends(now)]


def accounts(opened: Work) -> Accounts:
    """The accounts."""
    return opened.accounts


People = Annotated[Accounts, Depends(accounts)]


def source(request: Request) -> Source:
    """Where the request came from, for the audit and the list of sessions."""
    return Source(request.client.host if request.client else "", request.headers.get("user-agent", "")[:200])


From = Annotated[Source, Depends(source)]


def cookies(request: Request) -> Cookies:
    """How the cookies of this server are called."""
    found: Cookies = request.app.state.cookies
    return found


async def maybe_user(request: Request, people: People, asked_from: From, moment: Now) -> User | None:
    """The signed-in user, or None.

    With an `Authorization` header that alone counts. Pages have the access token in a cookie; when it has ended, the
    session is renewed within this request, so that a form that was open for an hour loses nothing.
    """
    state = request.state
    state.by_header = "authorization" in request.headers
    if state.by_header:
        found = await people.sessions.who(bearer(request.headers["authorization"]), moment)
    else:
        access = request.cookies.get(cookies(request).access, "")
        found = await people.sessions.who(access, moment) if access else None
        found = found or await _renewed(request, people, asked_from, moment)
        state.expires_at = _end_of_access(request, people, access, moment)
    state.signed_in = found is not None
    state.user = found
    state.csrf_token = people.sessions.csrf_token(found.session_id, moment) if found is not None else ""
    return found


def _end_of_access(request: Request, people: Accounts, token: str, moment: datetime) -> datetime | None:
    """When the access token of the page ends, for its script to renew it in time."""
    opened: Opened | None = getattr(request.state, "opened", None)
    access = opened.access if opened is not None else people.sessions.access(token, moment)
    return access.expires_at if access is not None else None


def bearer(header: str) -> str:
    """The token of an `Authorization` header; empty for another scheme."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _renewed(request: Request, people: Accounts, asked_from: Source, moment: datetime) -> User | None:
    refresh = request.cookies.get(cookies(request).refresh, "")
    if not refresh:
        return None
    try:
        opened = await people.sessions.refresh(refresh, asked_from, moment)
    except RefreshRaced:
        return await _raced(people, refresh, moment)
    except SessionOver:
        request.state.closed = True
        return None
    request.state.opened = opened
    return opened.user


async def _raced(people: Accounts, refresh: str, moment: datetime) -> User | None:
    """Several requests of one page renew at once: the winner's answer brings the cookies, all of them are served."""
    try:
        return await people.sessions.raced(refresh, moment)
    except SessionOver:
        return None


MaybeSignedIn = Annotated[User | None, Depends(maybe_user)]


async def user(request: Request, found: MaybeSignedIn) -> User:
    """The signed-in user; raises SignInNeeded."""
    if found is None:
        solo = request.app.state.work.settings.mode == "solo"
        link = "open the link that `greenroom run` printed, or print a new one with `greenroom link`"
        raise SignInNeeded("you are not signed in", mend=link if solo else "log in; your drafts are kept")
    return found


SignedIn = Annotated[User, Depends(user)]


def needs(role: Role) -> Any:
    """A dependency: the signed-in user, who is at least *role*. For anybody else there is nothing here."""

    async def holds(found: SignedIn) -> User:
        if not at_least(found.role, role):
            raise Refused("this is not for you", mend=f"it needs the role {role.value}")
        return found

    return Depends(holds)


Admin = Annotated[User, needs(Role.admin)]


async def own_page(request: Request, people: People, moment: Now, found: SignedIn) -> None:
    """Refuses a changing request that another site made: by Sec-Fetch-Site and Origin, and by the form's token.

    A request with an `Authorization` header needs none of it: no browser adds that by itself.
    """
    if request.state.by_header:
        return
    if not same_origin(request):
        raise Refused("this request came from another site", mend="use the pages of this Greenroom")
    given = request.headers.get("x-csrf-token")
    if given is None:
        form = await request.form()
        given = str(form.get("csrf_token", ""))
    if not people.sessions.is_csrf_token(given, found.session_id, moment):
        raise Refused("the page is out of date", mend="reload it; what you typed is kept")


def same_origin(request: HTTPConnection) -> bool:
    """Whether the request, or the opening of a socket, comes from our own origin.

    A client that sends neither header is no browser.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    scheme = {"ws": "http", "wss": "https"}.get(request.url.scheme, request.url.scheme)
    ours = {f"{scheme}://{request.headers.get('host', '')}", request.app.state.work.settings.public_url}
    return origin is None or origin in ours - {""}


async def from_here(request: Request) -> None:
    """Refuses a changing request of another site where nobody is signed in yet: login, registration, renewal."""
    if not same_origin(request):
        raise Refused("this request came from another site", mend="use the pages of this Greenroom")


OwnPage = Depends(own_page)
FromHere = Depends(from_here)
