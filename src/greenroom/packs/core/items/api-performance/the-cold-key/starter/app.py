"""Rates of the day, from a bank that is slow and has asked us to be gentle."""

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Any

import clock
import httpx
from cache import Cache
from fastapi import Body, FastAPI, HTTPException, Request
from greenroom_lab import upstream

app = FastAPI(title="Rates")
bank = httpx.AsyncClient(transport=upstream(), base_url="http://bank", timeout=None)


async def load(currency: str) -> dict[str, Any]:
    answer = await bank.get(f"/rates/{currency}")
    return answer.raise_for_status().json()


rates = Cache(load, seconds=60)


async def while_connected(request: Request, work: Awaitable[Any]) -> Any:
    """What *work* gives; it is cancelled when the client goes away."""
    task = asyncio.ensure_future(work)

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        task.cancel()

    watching = asyncio.create_task(watch())
    try:
        return await task
    finally:
        watching.cancel()


@app.get("/rates/{currency}")
async def rate(currency: str, request: Request) -> dict[str, Any]:
    try:
        return await while_connected(request, rates.get(currency))
    except httpx.HTTPError:
        raise HTTPException(502, "the bank does not answer") from None
    except asyncio.CancelledError:
        raise HTTPException(499, "the request was cancelled") from None


@app.put("/clock")
async def set_clock(seconds: Annotated[float, Body(embed=True)]) -> None:
    clock.put(seconds)
