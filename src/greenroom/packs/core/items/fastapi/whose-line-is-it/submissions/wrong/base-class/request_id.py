"""Each request has an id, by the base class that the framework has for middleware."""

import tracing
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import Response


class RequestIdMiddleware(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        identity = request.headers.get("X-Request-ID") or tracing.new_id()
        tracing.begin(identity)
        inner = await call_next(request)
        body = b"".join([part async for part in inner.body_iterator])
        response = Response(body, inner.status_code, dict(inner.headers))
        response.headers["X-Request-ID"] = identity
        return response
