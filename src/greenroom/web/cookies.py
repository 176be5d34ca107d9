"""The two cookies of a session, and the middleware that gives them and takes them away."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

import structlog
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from greenroom.accounts.sessions import Opened
from greenroom.interview.assembly import Workplace
from greenroom.kernel.errors import GreenroomError

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Cookies:
    """Their names and flags.

    A server for many gives `__Host-` cookies, which a browser takes from a secure origin alone, for this host alone.
    Solo mode speaks HTTP with this machine itself, where not every browser takes those; and since cookies ignore ports,
    its names carry the port: two Greenrooms on one machine must not sign each other out.
    """

    access: str
    refresh: str
    secure: bool

    @classmethod
    def of(cls, *, solo: bool, port: int) -> Cookies:
        """Those of a server."""
        if solo:
            return cls(f"greenroom_{port}_access", f"greenroom_{port}_refresh", secure=False)
        return cls("__Host-greenroom_access", "__Host-greenroom_refresh", secure=True)

    def give(self, response: Response, opened: Opened, now: datetime) -> None:
        """Set both, each for as long as what is in it.

        The access token's is Lax, so that a link from elsewhere finds its reader signed in; the refresh token never
        follows one.
        """
        self._set(response, self.access, opened.access_token, _seconds(opened.access.expires_at, now), "lax")
        self._set(response, self.refresh, opened.refresh_token, _seconds(opened.until, now), "strict")

    def take(self, response: Response) -> None:
        """Remove both."""
        self._set(response, self.access, "", 0, "lax")
        self._set(response, self.refresh, "", 0, "strict")

    def _set(self, response: Response, name: str, value: str, seconds: int, same_site: str) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="strict" if same_site == "strict" else "lax",
        )


def _seconds(until: datetime, now: datetime) -> int:
    return max(0, int((until - now).total_seconds()))


class SessionCookies:
    """Gives the cookies of a session that a route has opened or renewed, and takes those of one that is closed.

    A route says so by `request.state.opened` or `request.state.closed`. That an answer with new tokens was sent is
    written down: only then is the refresh token before it of no use (`Sessions.delivered`).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        noting: asyncio.Task[None] | None = None

        async def send_with_cookies(message: Message) -> None:
            nonlocal noting
            starts = message["type"] == "http.response.start"
            if starts:
                _add(scope, message)
            await send(message)
            opened: Opened | None = scope["state"].get("opened")
            if starts and opened is not None:  # at once: the body of a stream may take as long as a round
                noting = asyncio.create_task(_delivered(scope["app"].state.work, opened), name="delivered")

        scope.setdefault("state", {})
        try:
            await self.app(scope, receive, send_with_cookies)
        finally:
            if noting is not None:
                await asyncio.shield(noting)


def _add(scope: Scope, message: Message) -> None:
    state, app = scope["state"], scope["app"].state
    opened: Opened | None = state.get("opened")
    if opened is None and not state.get("closed"):
        return
    carrier = Response()
    if opened is not None:
        app.cookies.give(carrier, opened, app.work.clock.now())
    else:
        app.cookies.take(carrier)
    headers = MutableHeaders(scope=message)
    headers["cache-control"] = "no-store"
    for name, value in carrier.raw_headers:
        if name == b"set-cookie":
            headers.append("set-cookie", value.decode("latin-1"))


async def _delivered(work: Workplace, opened: Opened) -> None:
    try:
        await work.accounts.sessions.delivered(opened.refresh_token, work.clock.now())
    except GreenroomError as error:  # then it counts as not sent: nobody is logged out for it
        log.warning("a renewal was not written down", reason=error.line())
