"""Orders, and their payment: coroutines that wait for the provider, threads for the database alone."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from pool import Pool
from provider import charge
from settings import GRANTED, WORKERS

app = FastAPI(title="Payments")
pool = Pool(GRANTED // WORKERS)


class Order(BaseModel):
    id: int
    cents: int
    state: str
    receipt: str | None


@app.get("/orders/{number}")
async def order(number: int) -> Order:
    found = await pool.run(lambda db: db.execute("SELECT * FROM orders WHERE id = ?", (number,)).fetchone())
    if found is None:
        raise HTTPException(404, "there is no such order")
    return Order(id=found[0], cents=found[1], state=found[2], receipt=found[3])


@app.post("/orders/{number}/payment")
async def pay(number: int) -> Order:
    found, ours = await pool.run(claiming(number))
    if found is None:
        raise HTTPException(404, "there is no such order")
    if not ours:
        raise HTTPException(409, "the order is paid, or just being paid")
    receipt = None
    try:
        receipt = await charge(number, found[0])
    except httpx.HTTPError:
        raise HTTPException(503, "the provider does not answer") from None
    finally:
        sql = "UPDATE orders SET state = ?, receipt = ? WHERE id = ?"
        row = "open" if receipt is None else "paid", receipt, number
        await asyncio.shield(pool.run(lambda db: db.execute(sql, row)))
    if receipt is None:
        raise HTTPException(402, "the card is declined")
    return Order(id=number, cents=found[0], state="paid", receipt=receipt)


def claiming(number: int) -> Callable[[Any], Any]:
    def claim(db: Any) -> Any:
        sql = "UPDATE orders SET state = 'in payment' WHERE id = ? AND state = 'open'"
        ours = db.execute(sql, (number,)).rowcount
        return db.execute("SELECT cents FROM orders WHERE id = ?", (number,)).fetchone(), ours

    return claim
