"""The depot's gate: tokens for scanners, and parcels for those who have one."""

from typing import Annotated

from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

import keys
import tokens

app = FastAPI(title="Gate")


class Scanner(BaseModel):
    scanner: str


@app.post("/tokens")
async def token(of: Scanner) -> dict[str, str]:
    try:
        key = await keys.signing_key()
    except keys.NoKeys:
        raise HTTPException(503, "no keys at the moment") from None
    return {"token": tokens.make(of.scanner, key["kid"], key["secret"])}


@app.get("/parcels")
async def parcels(authorization: Annotated[str, Header()] = "") -> dict[str, str]:
    token = authorization.removeprefix("Bearer ")
    kid = tokens.kid_of(token)
    try:
        key = await keys.verifying_key(kid) if kid is not None else None
    except keys.NoKeys:
        raise HTTPException(503, "no keys at the moment") from None
    claims = tokens.read(token, key["secret"]) if key is not None else None
    if claims is None:
        raise HTTPException(401, "not authenticated")
    return {"scanner": claims["sub"]}
