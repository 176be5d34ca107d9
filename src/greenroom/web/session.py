"""Who asks, and whether a request that changes something came from our own pages."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from greenroom.accounts import service
from greenroom.accounts.rules import User, csrf_token
from greenroom.interview.assembly import Workplace
from greenroom.interview.tries import Tries
from greenroom.interview.worker import Workers
from greenroom.kernel.errors import GreenroomError
from greenroom.platform.channels import Channels


class SignInNeeded(GreenroomError):
    """Nobody is signed in."""

    status = 401
    code = "sign-in-needed"


class Refused(GreenroomError):
    """The request did not come from a page of ours."""

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


def cookie_name(request: Request) -> str:
    """Cookies ignore ports: two Greenrooms on one machine must not sign each other out."""
    return f"greenroom_{request.url.port or 80}"


async def maybe_user(request: Request, opened: Work, moment: Now) -> User | None:
    """The signed-in user, or None."""
    secret = request.cookies.get(cookie_name(request), "")
    request.state.csrf_token = csrf_token(secret) if secret else ""
    found = await service.who(opened.database, secret, moment) if secret else None
    request.state.signed_in = found is not None
    return found


MaybeSignedIn = Annotated[User | None, Depends(maybe_user)]


async def user(found: MaybeSignedIn) -> User:
    """The signed-in user; raises SignInNeeded."""
    if found is None:
        mend = "open the link that `greenroom run` printed, or print a new one with `greenroom link`"
        raise SignInNeeded("you are not signed in", mend=mend)
    return found


SignedIn = Annotated[User, Depends(user)]


async def own_page(request: Request, _found: SignedIn) -> None:
    """Refuses a changing request that another site made: by Sec-Fetch-Site and Origin, and by the form's token."""
    if not same_origin(request):
        raise Refused("this request came from another site", mend="use the pages of this Greenroom")
    given = request.headers.get("x-csrf-token")
    if given is None:
        form = await request.form()
        given = str(form.get("csrf_token", ""))
    if not hmac.compare_digest(given.encode(), request.state.csrf_token.encode()):
        raise Refused("the page is out of date", mend="reload it; what you typed is kept")


def same_origin(request: Request) -> bool:
    """Whether the request comes from our own origin. A client that sends neither header is no browser."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or origin == f"{request.url.scheme}://{request.headers.get('host', '')}"


OwnPage = Depends(own_page)
