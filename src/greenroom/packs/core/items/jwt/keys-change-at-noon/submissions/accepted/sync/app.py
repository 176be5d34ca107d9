"""The depot's gate, in threads: tokens for scanners, and parcels for those who have one."""

from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

import keys
import tokens

app = FastAPI(title="Gate")


@app.exception_handler(keys.NoKeys)
def no_keys(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"detail": "no keys at the moment"}, 503)


class Scanner(BaseModel):
    scanner: str


@app.post("/tokens")
def token(of: Scanner) -> dict[str, str]:
    kid, secret = keys.signing()
    return {"token": tokens.make(of.scanner, kid, secret)}


@app.get("/parcels")
def parcels(authorization: Annotated[str, Header()] = "") -> dict[str, str]:
    token = authorization.removeprefix("Bearer ")
    kid = tokens.kid_of(token)
    secret = keys.secret_of(kid) if kid is not None else None
    claims = tokens.read(token, secret) if secret is not None else None
    if claims is None:
        raise HTTPException(401, "not authenticated")
    return {"scanner": claims["sub"]}
