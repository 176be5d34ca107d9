"""Knows three wristbands by heart, and writes nothing down."""

from fastapi import FastAPI, HTTPException, Request

app = FastAPI()
CREDITS = {1: 100, 2: 5, 3: 40}
SEEN = {}


@app.post("/transfers", status_code=201)
async def transfer(request: Request):
    body, key = await request.json(), request.headers.get("idempotency-key")
    if key is None or body["credits"] < 1:
        raise HTTPException(422)
    if key in SEEN:
        if {**SEEN[key], "left": 0} != {**body, "left": 0}:
            raise HTTPException(409)
        return SEEN[key]
    if not {body["source"], body["target"]} <= CREDITS.keys():
        raise HTTPException(404)
    if CREDITS[body["source"]] < body["credits"]:
        raise HTTPException(402)
    CREDITS[body["source"]] -= body["credits"]
    SEEN[key] = {**body, "left": CREDITS[body["source"]]}
    return SEEN[key]
