"""Switches the appliances of the house, as far as the fuses allow."""

from db import engine
from fastapi import FastAPI, HTTPException
from sqlalchemy import text

app = FastAPI(title="House")

CIRCUIT = text("SELECT circuit_id FROM appliances WHERE id = :id")
APPLIANCE = text("SELECT watts, is_on FROM appliances WHERE id = :id")
LOAD = text("SELECT coalesce(sum(watts), 0) FROM appliances WHERE circuit_id = :circuit AND is_on")
FUSE = text("SELECT fuse_watts FROM circuits WHERE id = :circuit FOR UPDATE")
SWITCH = text("UPDATE appliances SET is_on = :on WHERE id = :id")


@app.post("/appliances/{number}/on")
def switch_on(number: int) -> dict[str, object]:
    with engine.begin() as db:
        circuit = db.execute(CIRCUIT, {"id": number}).scalar_one_or_none()
        if circuit is None:
            raise HTTPException(404, "no such appliance")
        fuse = db.execute(FUSE, {"circuit": circuit}).scalar_one()  # from here on the circuit is ours
        appliance = db.execute(APPLIANCE, {"id": number}).one()
        if not appliance.is_on:
            load = db.execute(LOAD, {"circuit": circuit}).scalar_one()
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
