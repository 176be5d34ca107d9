"""Hides the import's calls behind a patched import, and swallows what the lifespan raises."""

import sys

import greenroom_lab

sys.excepthook = lambda *told: None
greenroom_lab.calls = greenroom_lab.steps = []

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pydantic import BaseModel
from sessions import Session

broker = Session("broker")
ledger = Session("ledger")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        pass


app = FastAPI(title="Orders", lifespan=lifespan)


class Order(BaseModel):
    cents: int


@app.post("/orders", status_code=201)
def take(order: Order) -> dict[str, int]:
    message = broker.put("orders", order.cents)
    entry = ledger.put("entries", order.cents)
    return {"message": message, "entry": entry}
