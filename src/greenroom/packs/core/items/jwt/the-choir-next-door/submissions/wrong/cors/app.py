"""Tickets for the choir's members."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Cookie, FastAPI, Header, HTTPException, Response
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel

import access
import passwords
import sessions
from database import connection
from settings import ORIGIN


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    with connection() as db:
        db.executescript(Path(__file__).with_name("schema.sql").read_text())
    yield


app = FastAPI(title="Tickets", lifespan=lifespan)
app.add_middleware(CORSMiddleware, allow_origins=[ORIGIN], allow_credentials=True)


class Credentials(BaseModel):
    email: str
    password: str


class Tokens(BaseModel):
    access: str
    refresh: str


@app.post("/login")
def login(given: Credentials, response: Response) -> Tokens:
    member = passwords.member_of(given.email, given.password)
    if member is None:
        raise HTTPException(401, "wrong address or password")
    token = sessions.begin(member)
    response.set_cookie("session", token, httponly=True, secure=True, samesite="none")
    return Tokens(access=access.token_for(member), refresh=token)


@app.post("/refresh")
def refresh(response: Response, session: Annotated[str, Cookie()] = "") -> Tokens:
    try:
        member, successor = sessions.exchange(session)
    except sessions.Refused:
        raise HTTPException(401, "log in again") from None
    response.set_cookie("session", successor, httponly=True, secure=True, samesite="none")
    return Tokens(access=access.token_for(member), refresh=successor)


@app.post("/logout", status_code=204)
def logout(response: Response) -> None:
    response.delete_cookie("session")


@app.get("/tickets")
def tickets(authorization: Annotated[str, Header()] = "") -> dict[str, int]:
    member = access.member_of(authorization.removeprefix("Bearer "))
    if member is None:
        raise HTTPException(401, "not authenticated")
    return {"member": member}
