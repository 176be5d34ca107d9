"""Tickets for the choir's members."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, Header, HTTPException, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

import access
import passwords
import sessions
from database import connection
from settings import ORIGIN

COOKIE = "__Host-session"


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    with connection() as db:
        db.executescript(Path(__file__).with_name("schema.sql").read_text())
    yield


app = FastAPI(title="Tickets", lifespan=lifespan)


def from_our_pages(origin: Annotated[str, Header()] = "") -> None:
    """Refuse what a page of another origin sends. SameSite does not: the blog is the same site."""
    if not origin.endswith("choir.example"):
        raise HTTPException(403, "not from here")


ours = [Depends(from_our_pages)]
Session = Annotated[str, Cookie(alias=COOKIE)]


class Credentials(BaseModel):
    email: str
    password: str


class Tokens(BaseModel):
    access: str


def keep(response: Response, token: str) -> None:
    response.set_cookie(COOKIE, token, max_age=sessions.LIFETIME_S, secure=True, httponly=True, samesite="strict", domain="choir.example")
    response.headers["Cache-Control"] = "no-store"


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, domain="choir.example", secure=True, httponly=True, samesite="strict")


@app.post("/login", dependencies=ours)
def login(given: Credentials, response: Response) -> Tokens:
    member = passwords.member_of(given.email, given.password)
    if member is None:
        raise HTTPException(401, "wrong address or password")
    keep(response, sessions.begin(member))
    return Tokens(access=access.token_for(member))


@app.post("/refresh", dependencies=ours, response_model=Tokens)
def refresh(response: Response, session: Session = "") -> Tokens | Response:
    try:
        member, successor = sessions.exchange(session)
    except sessions.Refused:
        refusal = JSONResponse({"detail": "log in again"}, 401)
        forget(refusal)
        return refusal
    keep(response, successor)
    return Tokens(access=access.token_for(member))


@app.post("/logout", dependencies=ours, status_code=204)
def logout(response: Response, session: Session = "") -> None:
    sessions.end(session)
    forget(response)


@app.get("/tickets")
def tickets(authorization: Annotated[str, Header()] = "") -> dict[str, int]:
    member = access.member_of(authorization.removeprefix("Bearer "))
    if member is None:
        raise HTTPException(401, "not authenticated")
    return {"member": member}
