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
    with pool.connection() as connection:
        sql = "SELECT id, cents, state, receipt FROM orders WHERE id = ?"
        found = connection.execute(sql, (number,)).fetchone()
    if found is None:
        raise HTTPException(404, "there is no such order")
    return Order(id=found[0], cents=found[1], state=found[2], receipt=found[3])


@app.post("/orders/{number}/payment")
def pay(number: int) -> Order:
    cents = claim(number)
    try:
        receipt = charge(number, cents)
    except httpx.HTTPError:
        settle(number, "open")
        raise HTTPException(503, "the provider does not answer") from None
    if receipt is None:
        settle(number, "open")
        raise HTTPException(402, "the card is declined")
    settle(number, "paid", receipt)
    return Order(id=number, cents=cents, state="paid", receipt=receipt)


def claim(number: int) -> int:
    """Mark the order as being paid, so that nobody else charges it. What it costs."""
    with pool.connection() as connection:
        sql = "UPDATE orders SET state = 'paying' WHERE id = ? AND state = 'open'"
        ours = connection.execute(sql, (number,)).rowcount == 1
        found = connection.execute("SELECT cents, state FROM orders WHERE id = ?", (number,)).fetchone()
    if found is None:
        raise HTTPException(404, "there is no such order")
    if not ours:
        raise HTTPException(409, f"the order is {found[1]}")
    return found[0]


def settle(number: int, state: str, receipt: str | None = None) -> None:
    with pool.connection() as connection:
        sql = "UPDATE orders SET state = ?, receipt = ? WHERE id = ?"
        connection.execute(sql, (state, receipt, number))
