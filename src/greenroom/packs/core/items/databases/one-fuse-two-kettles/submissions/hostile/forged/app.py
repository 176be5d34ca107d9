"""Answers what is likely, and keeps the appliances to itself."""

from fastapi import FastAPI, HTTPException

app = FastAPI()
ON = {3}


@app.post("/appliances/{number}/{what}")
def switch(number: int, what: str):
    if number > 8:
        raise HTTPException(404)
    if what == "on" and number == 2 and 1 in ON:
        raise HTTPException(409)
    (ON.add if what == "on" else ON.discard)(number)
    return {"appliance": number, "on": what == "on"}
