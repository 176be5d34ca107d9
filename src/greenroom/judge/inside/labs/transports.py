"""The way from a project's HTTP client to the services that the lab plays: transports for httpx.

Frame: {to: upstream, method, url, headers} with the request's body -> {status, headers} with the response's, or
{error: connect | timeout, text}. It is the examiner who decides when, and whether, a reply comes.
"""

from __future__ import annotations

import asyncio

import httpx

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .agent import Agent

_ERRORS = {"connect": httpx.ConnectError, "timeout": httpx.ReadTimeout}


def _asked(request: httpx.Request) -> dict[str, Any]:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    return {"to": "upstream", "method": request.method, "url": str(request.url), "headers": headers}


def _response(request: httpx.Request, head: dict[str, Any], body: bytes) -> httpx.Response:
    if "error" in head:
        raise _ERRORS.get(head["error"], httpx.ReadError)(str(head.get("text", "")), request=request)
    return httpx.Response(head["status"], headers=head["headers"], content=body, request=request)


class Waiting(httpx.AsyncBaseTransport):
    """For `httpx.AsyncClient`: the event loop goes on while the reply is awaited."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The service's response to *request*."""
        loop = asyncio.get_running_loop()
        replied: asyncio.Future[tuple[dict[str, Any], bytes]] = loop.create_future()

        def settle(head: dict[str, Any], body: bytes) -> None:
            if not replied.done():
                replied.set_result((head, body))

        body = await request.aread()
        self._agent.ask_later(_asked(request), body, lambda head, body: loop.call_soon_threadsafe(settle, head, body))
        pool = request.extensions.get("timeout", {}).get("read")
        try:
            head, given = await asyncio.wait_for(replied, pool)
        except TimeoutError:
            raise httpx.ReadTimeout("the service did not answer in time", request=request) from None
        return _response(request, head, given)


class Blocking(httpx.BaseTransport):
    """For `httpx.Client`: the thread waits for the reply."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The service's response to *request*."""
        return _response(request, *self._agent.ask(_asked(request), request.read()))
