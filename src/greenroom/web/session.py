"""Who asks, and whether a request that changes something came from our own pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from greenroom.accounts.audit import Source
from greenroom.accounts.errors import RefreshRaced, SessionOver, TooOften
from greenroom.accounts.rules import Role, User, at_least
from greenroom.accounts.service import Accounts
from greenroom.accounts.sessions import Opened
from greenroom.interview.assembly import Workplace
from greenroom.interview.tries import Tries
from greenroom.interview.worker import Workers
from greenroom.kernel.errors import GreenroomError
from greenroom.platform.channels import Channels
from greenroom.web.api.problems import PREFIX
from greenroom.web.cookies import Cookies


class SignInNeeded(GreenroomError):
    """Nobody is signed in."""

    status = 401
    code = "sign-in-needed"


class Refused(GreenroomError):
    """The request did not come from a page of ours, or from somebody who may not."""

    status = 403
    code = "refused"


async def work(request: Request) -> Workplace:
    """The opened parts."""
    return _work(request)


async def workers(request: Request) -> Workers:
    """The workers that answer submissions."""
    running: Workers = request.app.state.workers
    return running


async def tries(request: Request) -> Tries:
    """The runs of visible cases."""
    trying: Tries = request.app.state.tries
    return trying


async def channels(request: Request) -> Channels:
    """The live channels."""
    live: Channels = request.app.state.channels
    return live


Work = Annotated[Workplace, Depends(work)]
Running = Annotated[Workers, Depends(workers)]
Trying = Annotated[Tries, Depends(tries)]
Live = Annotated[Channels, Depends(channels)]


async def now(request: Request) -> datetime:
    """The time of this request."""
    return _now(request)


Now = Annotated[datetime, Depends(now)]


async def accounts(request: Request) -> Accounts:
    """The accounts."""
    return _work(request).accounts


People = Annotated[Accounts, Depends(accounts)]


async def source(request: Request) -> Source:
    """Where the request came from, for the audit and the list of sessions."""
    return _source(request)


From = Annotated[Source, Depends(source)]


# Dependencies ask these and not each other: each link of a chain of them costs as much as an endpoint.


def _work(request: Request) -> Workplace:
    opened: Workplace = request.app.state.work
    return opened


def _now(request: Request) -> datetime:
    state = request.scope.setdefault("state", {})
    found: datetime | None = state.get("moment")
    if found is None:
        found = state["moment"] = _work(request).clock.now()
    return found


def _source(request: Request) -> Source:
    return Source(request.client.host if request.client else "", request.headers.get("user-agent", "")[:200])


def cookies(request: Request) -> Cookies:
    """How the cookies of this server are called."""
    found: Cookies = request.app.state.cookies
    return found


async def maybe_user(request: Request) -> User | None:
    """The signed-in user, or None; looked up once in a request.

    With an `Authorization` header that alone counts. Pages have the access token in a cookie; when it has ended, the
    session is renewed within this request, so that a form that was open for an hour loses nothing.
    """
    state: dict[str, Any] = request.scope.setdefault("state", {})
    if "user" not in state:
        people, moment = _work(request).accounts, _now(request)
        header = request.headers.get("authorization")
        state["by_header"] = header is not None
        if header is not None:
            state["user"] = await people.sessions.who(bearer_token(header), moment)
        else:
            state["user"] = await _user_of_page(request, people, moment)
        state["signed_in"] = state["user"] is not None
    found: User | None = state["user"]
    return found


async def _user_of_page(request: Request, people: Accounts, moment: datetime) -> User | None:
    access = request.cookies.get(cookies(request).access, "")
    found = await people.sessions.who(access, moment) if access else None
    found = found or await _renewed(request, people, _source(request), moment)
    request.state.expires_at = _end_of_access(request, people, access, moment)
    request.state.csrf_token = people.sessions.csrf_token(found.session_id, moment) if found is not None else ""
    return found


def _end_of_access(request: Request, people: Accounts, token: str, moment: datetime) -> datetime | None:
    """When the access token of the page ends, for its script to renew it in time."""
    opened: Opened | None = getattr(request.state, "opened", None)
    access = opened.access if opened is not None else people.sessions.access(token, moment)
    return access.expires_at if access is not None else None


def bearer_token(header: str) -> str:
    """The token of an `Authorization` header; empty where it has another scheme."""
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


async def user(request: Request) -> User:
    """The signed-in user; raises SignInNeeded."""
    found = await maybe_user(request)
    if found is None:
        raise _sign_in_needed(request)
    if request.scope["path"].startswith(PREFIX) and not request.scope["state"].get("counted"):
        request.scope["state"]["counted"] = True
        verdict = await _work(request).limits.hit("requests", found.id)
        if not verdict.allowed:
            raise TooOften(verdict.retry_after_s)
    return found


def _sign_in_needed(request: Request) -> SignInNeeded:
    solo = _work(request).settings.mode == "solo"
    link = "open the link that `greenroom run` printed, or print a new one with `greenroom link`"
    return SignInNeeded("you are not signed in", mend=link if solo else "log in; your drafts are kept")


async def bearing(request: Request) -> None:
    """Somebody is signed in, by the word of the access token and of the revocations alone. Raises SignInNeeded.

    For what every candidate may read: no row is looked up. Who has no good access token is looked up as everywhere.
    """
    header = request.headers.get("authorization")
    token = bearer_token(header) if header is not None else request.cookies.get(cookies(request).access, "")
    asks_for_timing = "timing" in request.scope.setdefault("state", {})  # which depends on who asks
    if asks_for_timing or not token or not _work(request).accounts.sessions.goes_on(token, _now(request)):
        await user(request)


SignedIn = Annotated[User, Depends(user)]
Bearing = Depends(bearing)


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
