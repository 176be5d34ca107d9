"""Requests that change something must come from our pages."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

READING = {"GET", "HEAD", "OPTIONS"}


class OnlyOurPages:
    def __init__(self, app: ASGIApp, origin: str) -> None:
        self._app, self._origin = app, origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http" and scope["method"] not in READING:
            if Headers(scope=scope).getlist("origin") != [self._origin]:
                app = JSONResponse({"detail": "not from here"}, 403)
        await app(scope, receive, send)
