"""ASGI middleware: each request has an id, which is told in the response."""

import string

import tracing

HEADER = b"x-request-id"
ALLOWED = frozenset((string.ascii_letters + string.digits + "._-").encode())


def identity_in(headers):
    """The id that the caller sent, if it is one that we take."""
    for name, value in headers:
        if name.lower() == HEADER:
            return value.decode() if 1 <= len(value) <= 64 and ALLOWED.issuperset(value) else None
    return None


class RequestIdMiddleware:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            identity = identity_in(scope["headers"]) or tracing.new_id()
            tracing.begin(identity)
            send = self.naming(identity, send)
        await self.app(scope, receive, send)

    @staticmethod
    def naming(identity, send):
        async def wrapped(message):
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message.get("headers", []) if name.lower() != HEADER]
                message = {**message, "headers": [*kept, (HEADER, identity.encode())]}
            await send(message)

        return wrapped
