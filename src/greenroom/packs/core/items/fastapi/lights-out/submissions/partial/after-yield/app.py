"""Takes orders: each is told to the broker and entered in the ledger."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from pydantic import BaseModel
from sessions import Session


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.broker = Session("broker")
    app.state.ledger = Session("ledger")
    yield
    try:
        app.state.ledger.close()
    finally:
        app.state.broker.close()


app = FastAPI(title="Orders", lifespan=lifespan)


class Order(BaseModel):
    cents: int


@app.post("/orders", status_code=201)
def take(order: Order, request: Request) -> dict[str, int]:
    message = request.app.state.broker.put("orders", order.cents)
    entry = request.app.state.ledger.put("entries", order.cents)
    return {"message": message, "entry": entry}
