"""Switches the appliances of the house, as far as the fuses allow."""

from db import engine
from fastapi import FastAPI, HTTPException
from sqlalchemy import text

app = FastAPI(title="House")

APPLIANCE = text("SELECT circuit_id, watts, is_on FROM appliances WHERE id = :id FOR UPDATE")
LOAD = text("SELECT coalesce(sum(watts), 0) FROM appliances WHERE circuit_id = :circuit AND is_on")
FUSE = text("SELECT fuse_watts FROM circuits WHERE id = :circuit")
SWITCH = text("UPDATE appliances SET is_on = :on WHERE id = :id")


@app.post("/appliances/{number}/on")
def switch_on(number: int) -> dict[str, object]:
    with engine.begin() as db:
        appliance = db.execute(APPLIANCE, {"id": number}).one_or_none()
        if appliance is None:
            raise HTTPException(404, "no such appliance")
        if not appliance.is_on:
            load = db.execute(LOAD, {"circuit": appliance.circuit_id}).scalar_one()
            fuse = db.execute(FUSE, {"circuit": appliance.circuit_id}).scalar_one()
            if load + appliance.watts > fuse:
                raise HTTPException(409, "not enough room in this circuit")
            db.execute(SWITCH, {"id": number, "on": True})
    return {"appliance": number, "on": True}


@app.post("/appliances/{number}/off")
def switch_off(number: int) -> dict[str, object]:
    with engine.begin() as db:
        if db.execute(SWITCH, {"id": number, "on": False}).rowcount == 0:
            raise HTTPException(404, "no such appliance")
    return {"appliance": number, "on": False}
