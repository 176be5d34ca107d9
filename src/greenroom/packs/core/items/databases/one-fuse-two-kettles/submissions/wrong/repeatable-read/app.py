"""Switches the appliances of the house, as far as the fuses allow."""

from collections.abc import Callable

from db import engine, sqlstate
from fastapi import FastAPI, HTTPException
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

app = FastAPI(title="House")

APPLIANCE = text("SELECT circuit_id, watts, is_on FROM appliances WHERE id = :id")
LOAD = text("SELECT coalesce(sum(watts), 0) FROM appliances WHERE circuit_id = :circuit AND is_on")
FUSE = text("SELECT fuse_watts FROM circuits WHERE id = :circuit")
SWITCH = text("UPDATE appliances SET is_on = :on WHERE id = :id")


strict = engine.execution_options(isolation_level="REPEATABLE READ")
UNLUCKY = ("40001", "40P01")


def in_transaction(work: Callable[[Connection], None]) -> None:
    """Do *work* in a transaction with one snapshot, again when the database refuses it for others' sake."""
    for left in reversed(range(10)):
        try:
            with strict.begin() as db:
                work(db)
            return
        except DBAPIError as error:
            if sqlstate(error) not in UNLUCKY or not left:
                raise


@app.post("/appliances/{number}/on")
def switch_on(number: int) -> dict[str, object]:
    def work(db: Connection) -> None:
        appliance = db.execute(APPLIANCE, {"id": number}).one_or_none()
        if appliance is None:
            raise HTTPException(404, "no such appliance")
        if not appliance.is_on:
            load = db.execute(LOAD, {"circuit": appliance.circuit_id}).scalar_one()
            fuse = db.execute(FUSE, {"circuit": appliance.circuit_id}).scalar_one()
            if load + appliance.watts > fuse:
                raise HTTPException(409, "not enough room in this circuit")
            db.execute(SWITCH, {"id": number, "on": True})

    in_transaction(work)
    return {"appliance": number, "on": True}


@app.post("/appliances/{number}/off")
def switch_off(number: int) -> dict[str, object]:
    def work(db: Connection) -> None:
        if db.execute(SWITCH, {"id": number, "on": False}).rowcount == 0:
            raise HTTPException(404, "no such appliance")

    in_transaction(work)
    return {"appliance": number, "on": False}
