"""Switches the appliances of the house, as far as the fuses allow."""

from db import engine
from fastapi import FastAPI, HTTPException
from sqlalchemy import text

app = FastAPI(title="House")

GUARDED = text(
    "UPDATE appliances AS a SET is_on = true WHERE id = :id AND (is_on OR watts + "
    "(SELECT coalesce(sum(watts), 0) FROM appliances AS o WHERE o.circuit_id = a.circuit_id AND o.is_on) "
    "<= (SELECT fuse_watts FROM circuits WHERE circuits.id = a.circuit_id))"
)
KNOWN = text("SELECT 1 FROM appliances WHERE id = :id")
SWITCH = text("UPDATE appliances SET is_on = :on WHERE id = :id")


@app.post("/appliances/{number}/on")
def switch_on(number: int) -> dict[str, object]:
    with engine.begin() as db:
        if db.execute(KNOWN, {"id": number}).one_or_none() is None:
            raise HTTPException(404, "no such appliance")
        if db.execute(GUARDED, {"id": number}).rowcount == 0:
            raise HTTPException(409, "not enough room in this circuit")
    return {"appliance": number, "on": True}


@app.post("/appliances/{number}/off")
def switch_off(number: int) -> dict[str, object]:
    with engine.begin() as db:
        if db.execute(SWITCH, {"id": number, "on": False}).rowcount == 0:
            raise HTTPException(404, "no such appliance")
    return {"appliance": number, "on": False}
