"""The server of one process: what is there for good is set aside before the first request."""

from __future__ import annotations

import asyncio
import gc
import socket

import uvicorn
from starlette.applications import Starlette

from greenroom.cli.serving import serve


def is_looked_at(one: object) -> bool:
    return any(other is one for other in gc.get_objects())


def test_a_server_that_has_started_has_set_aside_what_is_there() -> None:
    server = uvicorn.Server(uvicorn.Config(Starlette(), log_config=None))
    loaded, seen = [server], []
    assert is_looked_at(loaded)

    async def started() -> None:
        seen.append(is_looked_at(loaded))
        server.should_exit = True

    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert asyncio.run(serve(server, listener, started))
    assert seen == [False]
