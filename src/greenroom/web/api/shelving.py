"""Questions straight from the shelf: what every client asks for needs no route to be found and nothing to be solved.

It answers exactly as the route of `greenroom.web.api.bank` does, and leaves to it whatever is not plain: cookies,
tokens that are not good, names that are not there.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from greenroom.web.api.documents import Document, Shelf
from greenroom.web.session import bearer_token

_ITEMS = "/api/v1/items/"


class FromShelf:
    """Middleware: answers `GET /api/v1/items/{slug}` of who sends a good access token."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith(_ITEMS):
            state = scope["app"].state
            document, known = _wanted(scope, state.shelf), False
            if document is not None:
                token, if_none_match = _said(scope)
                if token and state.work.accounts.sessions.goes_on(token, state.work.clock.now()):
                    known = document.is_known(if_none_match)
                    await _send(document, send, known=known)
                    return
        await self.app(scope, receive, send)


def _wanted(scope: Scope, shelf: Shelf) -> Document | None:
    return None if "timing" in scope["state"] else shelf.detail(scope["path"][len(_ITEMS) :])


def _said(scope: Scope) -> tuple[str, str | None]:
    """The bearer token and `If-None-Match`."""
    token, if_none_match = "", None
    for name, value in scope["headers"]:
        if name == b"authorization":
            token = bearer_token(value.decode("latin-1"))
        elif name == b"if-none-match":
            if_none_match = value.decode("latin-1")
    return token, if_none_match


async def _send(document: Document, send: Send, *, known: bool) -> None:
    headers = document.headers if known else document.headers_with_body
    await send({"type": "http.response.start", "status": 304 if known else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if known else document.body})
