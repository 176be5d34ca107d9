"""The shop's list of orders, newest first."""

from typing import Annotated

from db import Db
from fastapi import FastAPI, Query
from models import Order
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import joinedload

app = FastAPI(title="Orders")


class LineOut(BaseModel):
    product: str
    quantity: int


class OrderOut(BaseModel):
    id: int
    customer: str
    cents: int
    lines: list[LineOut]


def shown(order: Order) -> OrderOut:
    lines = [LineOut(product=line.product.name, quantity=line.quantity) for line in order.lines]
    cents = sum(line.quantity * line.product.cents for line in order.lines)
    return OrderOut(id=order.id, customer=order.customer.name, cents=cents, lines=lines)


@app.get("/orders")
def orders(db: Db, limit: Annotated[int, Query(ge=1, le=100)] = 30) -> list[OrderOut]:
    wanted = select(Order).options(joinedload(Order.customer)).order_by(Order.id.desc()).limit(limit)
    found = db.scalars(wanted)
    return [shown(order) for order in found]
