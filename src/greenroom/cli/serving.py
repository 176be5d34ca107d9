"""The web server of one process on a socket that listens already."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Awaitable, Callable

import uvicorn

GRACE_S = 3
"""How long requests may go on when the server is to end."""


def new_server() -> uvicorn.Server:
    """A server of the application as the settings of the environment say; set its `should_exit` to end it."""
    config = uvicorn.Config(
        "greenroom.entry.app:create_app",
        factory=True,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=16 * 1024,
        timeout_graceful_shutdown=GRACE_S,
    )
    return uvicorn.Server(config)


async def serve(server: uvicorn.Server, listener: socket.socket, on_started: Callable[[], Awaitable[None]]) -> bool:
    """Serve until the server is told to end; says whether it had started."""
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 (uvicorn has a flag, no event)
        await asyncio.sleep(0.02)
    started = server.started
    if started:
        _set_aside()
        await on_started()
    await serving
    return started


def _set_aside() -> None:
    """Take what is there for good out of the garbage collector's sight.

    Else it looks at all of it, with the event loop held, whenever enough requests are under way at once.
    """
    gc.collect()
    gc.freeze()
