"""Pure-ASGI middleware: which hosts are answered, how much is read, and the headers that every answer has."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 1_000_000
DRAINED_BYTES = 32_000_000
"""So much of a refused body is read and thrown away: a client that is still sending would not see the answer."""

_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with `no-referrer` browsers send `Origin: null` with forms
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class SecurityHeaders:
    """Adds the content security policy (with a fresh nonce for styles) and its companions."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["csp_nonce"] = nonce
        # CodeMirror sets style attributes (tab size, heights) whose values change; attributes style one element and
        # load nothing. Style sheets and scripts stay with our own files and the nonce.
        policy = (
            "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
            f"style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = policy
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class KnownHosts:
    """Refuses requests for other host names: no foreign page reaches this machine by DNS rebinding."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] in ("http", "websocket") and _hostname(Headers(scope=scope).get("host", "")) not in self.hosts:
            refusal = PlainTextResponse(
                "This Greenroom answers only for the address that it printed.\n", status_code=421
            )
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _hostname(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0].lstrip("[").lower()
    return host.partition(":")[0].lower()


class BodyLimit:
    """Refuses bodies over a limit with 413: by their declared length at once, else when the limit is passed."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY_BYTES) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdigit() or int(declared) > self.limit:
            if declared.isdigit() and int(declared) <= DRAINED_BYTES:
                await _drain(receive)
            await self._refuse(scope, receive, send)
            return
        body, fits = await _read_body(receive, self.limit)
        if not fits:
            await _drain(receive)
            await self._refuse(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = f"This is more than {self.limit:,} bytes: shorten it. Nothing that was stored before is lost.\n"
        await PlainTextResponse(message, status_code=413, headers={"connection": "close"})(scope, receive, send)


async def _read_body(receive: Receive, limit: int) -> tuple[bytes, bool]:
    """The whole body, and whether it is within *limit*; reading stops at the first byte beyond it."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body), True
        body += message.get("body", b"")
        if len(body) > limit:
            return b"", False
        if not message.get("more_body", False):
            return bytes(body), True


async def _drain(receive: Receive) -> None:
    """Read and forget what the client still sends, up to a bound."""
    left = DRAINED_BYTES
    while left > 0:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
        left -= len(message.get("body", b""))


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receive channel that gives *body* once and then what the server says (a disconnect)."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
