"""Takes orders: each is told to the broker and entered in the ledger."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pydantic import BaseModel
from sessions import Session

broker = Session("broker")
ledger = Session("ledger")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    broker.close()
    ledger.close()


app = FastAPI(title="Orders", lifespan=lifespan)


class Order(BaseModel):
    cents: int


@app.post("/orders", status_code=201)
def take(order: Order) -> dict[str, int]:
    message = broker.put("orders", order.cents)
    entry = ledger.put("entries", order.cents)
    return {"message": message, "entry": entry}
