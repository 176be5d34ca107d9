"""ASGI middleware: each request has an id, which is told in the response."""

import tracing
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class RequestIdMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        identity = request.headers.get("X-Request-ID") or tracing.new_id()
        tracing.begin(identity)
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        try:
            await self.app(scope, receive, keep)
        finally:
            for message in messages:
                if message["type"] == "http.response.start":
                    message["headers"].append((b"x-request-id", identity.encode()))
                await send(message)
