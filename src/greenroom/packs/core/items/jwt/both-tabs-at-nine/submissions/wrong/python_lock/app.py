"""Signing in and staying signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

import access
import passwords
import sessions
from database import connection


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    with connection() as db:
        db.executescript(Path(__file__).with_name("schema.sql").read_text())
    yield


app = FastAPI(title="Ledger", lifespan=lifespan)


class Credentials(BaseModel):
    email: str
    password: str


class Refresh(BaseModel):
    refresh: str


class Tokens(BaseModel):
    access: str
    refresh: str | None


@app.post("/login")
def login(given: Credentials) -> Tokens:
    member = passwords.member_of(given.email, given.password)
    if member is None:
        raise HTTPException(401, "wrong address or password")
    return Tokens(access=access.token_for(member), refresh=sessions.begin(member))


@app.post("/refresh")
def refresh(given: Refresh) -> Tokens:
    try:
        member, successor = sessions.exchange(given.refresh)
    except sessions.Refused:
        raise HTTPException(401, "log in again") from None
    return Tokens(access=access.token_for(member), refresh=successor)


@app.post("/logout", status_code=204)
def logout(given: Refresh) -> None:
    sessions.end(given.refresh)


@app.get("/ledger")
def ledger(authorization: Annotated[str, Header()] = "") -> dict[str, int]:
    member = access.member_of(authorization.removeprefix("Bearer "))
    if member is None:
        raise HTTPException(401, "not authenticated")
    return {"member": member}
