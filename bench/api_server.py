"""The servers that `bench/api.py` measures, each in a process of its own, served as `greenroom run` serves.

python bench/api_server.py bare|greenroom PORT
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

BEAT_S = 0.002


async def hello(_request: Request) -> JSONResponse:
    return JSONResponse({"hello": "world"})


def bare() -> ASGIApp:
    """What a route costs at least."""
    return Starlette(routes=[Route("/", hello)])


class Heartbeat:
    """Says at `/heartbeat` for how long the loop was held at most since it was asked last."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.longest = 0.0
        self.task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/heartbeat":
            if self.task is None:
                self.task = asyncio.create_task(self.beat())
            longest, self.longest = self.longest, 0.0
            await JSONResponse({"longest_s": longest})(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def beat(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(BEAT_S)
            self.longest = max(self.longest, time.perf_counter() - began - BEAT_S)


def greenroom() -> ASGIApp:
    from greenroom.entry.app import create_app  # noqa: PLC0415 (the bare server must not load it)

    return Heartbeat(create_app())


def main() -> None:
    name, port = sys.argv[1], int(sys.argv[2])
    settings: dict[str, Any] = {"log_config": None, "access_log": False, "server_header": False, "proxy_headers": False}
    settings["timeout_graceful_shutdown"] = 3
    uvicorn.run(
        f"api_server:{name}", factory=True, host="127.0.0.1", port=port, loop="uvloop", http="httptools", **settings
    )


if __name__ == "__main__":
    main()
