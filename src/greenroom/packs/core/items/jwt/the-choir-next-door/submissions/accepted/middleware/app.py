"""Tickets for the choir's members."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Cookie, FastAPI, Header, HTTPException, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

import access
import passwords
import sessions
from csrf import OnlyOurPages
from database import connection
from settings import ORIGIN

COOKIE = "__Host-session"
ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    with connection() as db:
        db.executescript(Path(__file__).with_name("schema.sql").read_text())
    yield


app = FastAPI(title="Tickets", lifespan=lifespan)
app.add_middleware(OnlyOurPages, origin=ORIGIN)


Session = Annotated[str, Cookie(alias=COOKIE)]


class Credentials(BaseModel):
    email: str
    password: str


class Tokens(BaseModel):
    access: str


def keep(response: Response, token: str) -> None:
    response.headers.append("Set-Cookie", f"{COOKIE}={token}; {ATTRIBUTES}; Max-Age={sessions.LIFETIME_S}")
    response.headers["Cache-Control"] = "no-store"


def forget(response: Response) -> None:
    response.headers.append("Set-Cookie", f"{COOKIE}=; {ATTRIBUTES}; Max-Age=0")


@app.post("/login")
def login(given: Credentials, response: Response) -> Tokens:
    member = passwords.member_of(given.email, given.password)
    if member is None:
        raise HTTPException(401, "wrong address or password")
    keep(response, sessions.begin(member))
    return Tokens(access=access.token_for(member))


@app.post("/refresh", response_model=Tokens)
def refresh(response: Response, session: Session = "") -> Tokens | Response:
    try:
        member, successor = sessions.exchange(session)
    except sessions.Refused:
        refusal = JSONResponse({"detail": "log in again"}, 401)
        forget(refusal)
        return refusal
    keep(response, successor)
    return Tokens(access=access.token_for(member))


@app.post("/logout", status_code=204)
def logout(response: Response, session: Session = "") -> None:
    sessions.end(session)
    forget(response)


@app.get("/tickets")
def tickets(authorization: Annotated[str, Header()] = "") -> dict[str, int]:
    member = access.member_of(authorization.removeprefix("Bearer "))
    if member is None:
        raise HTTPException(401, "not authenticated")
    return {"member": member}
