"""Work for a client, for as long as the client is there."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from fastapi import HTTPException, Request


async def while_connected(request: Request, work: Coroutine[Any, Any, Any]) -> Any:
    """What *work* gives; it is cancelled when the client goes away."""
    task = asyncio.create_task(work)

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        task.cancel()

    watching = asyncio.create_task(watch())
    try:
        return await task
    except asyncio.CancelledError:
        raise HTTPException(499, "the client is gone") from None
    finally:
        watching.cancel()
