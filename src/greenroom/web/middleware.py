"""Pure-ASGI middleware: what is refused before anything of a request is parsed, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from greenroom.web import nesting, timing
from greenroom.web.api.problems import MEDIA_TYPE, PREFIX, problem
from greenroom.web.bodies import read_body, replay

MAX_BODY_BYTES = 1_000_000
MAX_HEADER_FIELDS = 100
MAX_HEADER_BYTES = 32_768
MAX_JSON_DEPTH = 32
DRAINED_BYTES = 32_000_000
"""So much of a refused body is read and thrown away: a client that is still sending would not see the answer."""

_HeaderList = list[tuple[bytes, bytes]]

_HEADERS: _HeaderList = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # with `no-referrer` browsers send `Origin: null` with forms
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cache-control", b"no-store"),
]
_HSTS = (b"strict-transport-security", b"max-age=31536000")
# CodeMirror sets style attributes (tab size, heights) whose values change; attributes style one element and load
# nothing. Style sheets and scripts stay with our own files and the nonce.
_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
    "style-src 'self'{nonce}; style-src-attr 'unsafe-inline'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PLAIN_POLICY = (b"content-security-policy", _POLICY.format(nonce="").encode())


class SecurityHeaders:
    """Adds the content security policy and its companions; with *https* or behind it also HSTS.

    Only a page has styles of its own: where one was rendered, the policy names its nonce.
    """

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        self.https = https
        self._plain = [*_HEADERS, _PLAIN_POLICY]
        self._plain_names = frozenset(name for name, _ in self._plain)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        if timing.asked_for(scope["headers"]):
            state["timing"] = timing.Timing()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"] = list(message.get("headers", ()))
                headers += self._missing(headers)
                if "csp_nonce" in state:
                    _replace_policy(headers, state["csp_nonce"])
                if self.https or scope["scheme"] == "https":
                    headers.append(_HSTS)
                if "timing" in state:
                    _add_timing(headers, timing.told_to(state))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _missing(self, headers: _HeaderList) -> _HeaderList:
        there = self._plain_names.intersection([name for name, _ in headers])
        return [one for one in self._plain if one[0] not in there] if there else self._plain


def _replace_policy(headers: _HeaderList, nonce: str) -> None:
    headers.remove(_PLAIN_POLICY)
    headers.append((_PLAIN_POLICY[0], _POLICY.format(nonce=f" 'nonce-{nonce}'").encode()))


def _add_timing(headers: _HeaderList, value: bytes | None) -> None:
    if value is not None:
        headers.append((b"server-timing", value))


class KnownHosts:
    """Refuses requests for other host names: no foreign page reaches this machine by DNS rebinding."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] in ("http", "websocket") and _hostname(_header(scope, b"host")) not in self.hosts:
            message = "This Greenroom answers only for the address that it printed."
            await refusal(scope, 421, message, "use that address, or set GREENROOM_PUBLIC_URL")(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _hostname(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0].lstrip("[").lower()
    return host.partition(":")[0].lower()


def _header(scope: Scope, wanted: bytes) -> str:
    for name, value in scope["headers"]:
        if name == wanted:
            found: str = value.decode("latin-1")
            return found
    return ""


class RequestLimits:
    """Refuses what is too large before it is parsed: headers (431), bodies (413), JSON that is nested deeply (400).

    A body over the limit is refused by its declared length at once, else when the limit is passed.
    """

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY_BYTES) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "\0" in scope["path"] and not scope["path"].startswith(PREFIX):  # there its routes say what a name may be
            message = "No address of ours has this character."  # nor has any text that PostgreSQL can be asked for
            await refusal(scope, 404, message, "mend the address")(scope, receive, send)
            return
        size, length, chunked, kind = 0, None, False, b""
        for name, value in scope["headers"]:
            size += len(name) + len(value)
            if name == b"content-length":
                length = value
            elif name == b"transfer-encoding":
                chunked = True
            elif name == b"content-type":
                kind = value
        if size > MAX_HEADER_BYTES or len(scope["headers"]) > MAX_HEADER_FIELDS:
            message = f"The headers are more than {MAX_HEADER_FIELDS} or {MAX_HEADER_BYTES:,} bytes."
            await refusal(scope, 431, message, "send fewer cookies or headers")(scope, receive, send)
        elif length in (None, b"0") and not chunked:  # RFC 9112, section 6.3: then there is no body
            await self.app(scope, receive, send)
        else:
            await self._with_body(scope, receive, send, length, kind)

    async def _with_body(self, scope: Scope, receive: Receive, send: Send, length: bytes | None, kind: bytes) -> None:
        declared = b"0" if length is None else length
        if not declared.isdigit() or len(declared) > 18 or int(declared) > self.limit:
            if declared.isdigit() and len(declared) <= 18 and int(declared) <= DRAINED_BYTES:
                await _drain(receive)
            await self._too_large(scope, receive, send)
            return
        body, fits = await read_body(receive, self.limit)
        if not fits:
            await _drain(receive)
            await self._too_large(scope, receive, send)
        elif _may_be_json(scope, kind) and nesting.is_deeper(body, MAX_JSON_DEPTH):
            message = f"The JSON is nested more than {MAX_JSON_DEPTH} levels deep."
            await refusal(scope, 400, message, "send what the description of the API asks for")(scope, receive, send)
        else:
            await self.app(scope, replay(body, receive), send)

    async def _too_large(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = f"This is more than {self.limit:,} bytes: shorten it. Nothing that was stored before is lost."
        answer = refusal(scope, 413, message, "shorten it")
        answer.headers["connection"] = "close"
        await answer(scope, receive, send)


_FORMS = (b"application/x-www-form-urlencoded", b"multipart/form-data")


def _may_be_json(scope: Scope, kind: bytes) -> bool:
    """Whether a route could take the body for JSON: whatever it is called below the API, else all that is no form."""
    return scope["path"].startswith(PREFIX) or not kind.lower().startswith(_FORMS)


_TITLES = {
    400: "That cannot be read",
    404: "There is nothing here",
    413: "That is too large",
    421: "Not for this server",
    431: "That is too large",
}


def refusal(scope: Scope, status: int, message: str, mend: str) -> Response:
    """The answer to what is not let in: a problem below the API, plain text elsewhere."""
    if scope["path"].startswith(PREFIX):
        body = problem(status, _TITLES[status], message, mend, "refused")
        return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE)
    return PlainTextResponse(f"{message}\n", status_code=status)


async def _drain(receive: Receive) -> None:
    """Read and forget what the client still sends, up to a bound."""
    left = DRAINED_BYTES
    while left > 0:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
        left -= len(message.get("body", b""))
