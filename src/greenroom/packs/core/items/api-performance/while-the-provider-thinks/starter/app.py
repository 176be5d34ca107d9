"""Orders, and their payment."""

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from pool import pool
from provider import charge

app = FastAPI(title="Payments")


class Order(BaseModel):
    id: int
    cents: int
    state: str
    receipt: str | None


@app.get("/orders/{number}")
def order(number: int) -> Order:
    connection = pool.take()
    found = connection.execute("SELECT id, cents, state, receipt FROM orders WHERE id = ?", (number,)).fetchone()
    if found is None:
        raise HTTPException(404, "there is no such order")
    pool.give_back(connection)
    return Order(id=found[0], cents=found[1], state=found[2], receipt=found[3])


@app.post("/orders/{number}/payment")
def pay(number: int) -> Order:
    connection = pool.take()
    found = connection.execute("SELECT cents, state FROM orders WHERE id = ?", (number,)).fetchone()
    if found is None:
        raise HTTPException(404, "there is no such order")
    cents, state = found
    if state != "open":
        raise HTTPException(409, f"the order is {state}")
    try:
        receipt = charge(number, cents)
    except httpx.HTTPError:
        raise HTTPException(503, "the provider does not answer") from None
    if receipt is None:
        raise HTTPException(402, "the card is declined")
    connection.execute("UPDATE orders SET state = 'paid', receipt = ? WHERE id = ?", (receipt, number))
    connection.commit()
    pool.give_back(connection)
    return Order(id=number, cents=cents, state="paid", receipt=receipt)
