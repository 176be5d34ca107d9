"""The server of one process: what is there for good is set aside before the first request."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette

from greenroom.cli.serving import serve


@pytest.fixture
def unfrozen() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("unfrozen")
def test_a_server_that_has_started_has_set_aside_what_is_there_for_good() -> None:
    server = uvicorn.Server(uvicorn.Config(Starlette(), log_config=None))
    seen: list[tuple[int, int]] = []

    async def started() -> None:
        seen.append((gc.get_freeze_count(), len(gc.get_objects())))
        server.should_exit = True

    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert asyncio.run(serve(server, listener, started))
    ((aside, looked_at),) = seen
    assert aside > 10 * looked_at
