"""The box office of a small theatre."""

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, PositiveInt

from work import Work

app = FastAPI(title="Box office")

CENTS = {"full": 2400, "student": 1200}


class Wanted(BaseModel):
    customer: int
    seats: PositiveInt
    tariff: str = "full"


class Booking(BaseModel):
    id: int
    show: int
    seats: int
    cents: int


@app.get("/shows/{show}")
def show_of(show: int, work: Work) -> dict[str, int]:
    found = work.execute("SELECT seats_left FROM shows WHERE id = ?", (show,)).fetchone()
    if found is None:
        raise HTTPException(404, "there is no such show")
    return {"id": show, "seats_left": found[0]}


@app.post("/shows/{show}/bookings", status_code=201)
def book(show: int, wanted: Wanted, work: Work) -> Booking:
    row = (show, wanted.customer, wanted.seats)
    number = work.execute("INSERT INTO bookings (show, customer, seats) VALUES (?, ?, ?)", row).lastrowid
    work.execute("UPDATE shows SET seats_left = seats_left - ? WHERE id = ?", (wanted.seats, show))
    left = work.execute("SELECT seats_left FROM shows WHERE id = ?", (show,)).fetchone()
    if left is None:
        raise HTTPException(404, "there is no such show")
    if left[0] < 0:
        raise HTTPException(409, "not enough seats are left")
    cents = CENTS[wanted.tariff] * wanted.seats
    work.execute("INSERT INTO payments (booking, cents) VALUES (?, ?)", (number, cents))
    work.commit()
    return Booking(id=number, show=show, seats=wanted.seats, cents=cents)
