"""Prices and stock from the catalogue, which is another service and is told whose request it serves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import tracing
from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import StreamingResponse
from greenroom_lab import upstream
from request_id import RequestIdMiddleware

catalogue = httpx.AsyncClient(transport=upstream(), base_url="http://catalogue")


async def asked(path: str) -> dict:
    answer = await catalogue.get(path, headers={"X-Request-ID": tracing.request_id()})
    return answer.json()


@asynccontextmanager
async def lifespan(shop: FastAPI) -> AsyncIterator[None]:
    shop.state.warm = True
    yield
    await catalogue.post("/goodbye")


shop = FastAPI(lifespan=lifespan)
shop.state.warm = False


@shop.get("/health")
async def health() -> dict[str, bool]:
    return {"warm": shop.state.warm}


@shop.get("/items/{sku}")
async def item(sku: str, response: Response) -> dict[str, int]:
    price = await asked(f"/price/{sku}")
    stock = await asked(f"/stock/{sku}")
    response.set_cookie("seen", sku)
    response.set_cookie("shop", "main")
    return {"cents": price["value"], "left": stock["value"]}


@shop.get("/export")
async def export(skus: str) -> StreamingResponse:
    async def lines() -> AsyncIterator[str]:
        yield "sku,cents\n"
        for sku in skus.split(","):
            price = await asked(f"/price/{sku}")
            yield f"{sku},{price['value']}\n"

    return StreamingResponse(lines(), media_type="text/csv")


@shop.get("/broken/{kind}")
async def broken(kind: str) -> None:
    if kind == "known":
        raise HTTPException(410, "gone")
    raise RuntimeError(kind)


app = RequestIdMiddleware(shop)
