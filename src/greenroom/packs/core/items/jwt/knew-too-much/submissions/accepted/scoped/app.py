"""The clinic's portal."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel

import people
from tokens import Token

app = FastAPI(title="Portal")


class Credentials(BaseModel):
    email: str
    password: str


class Prescription(BaseModel):
    patient: str
    drug: str


def bearer(authorization: Annotated[str, Header()] = "") -> Token:
    try:
        return Token.decode(authorization.removeprefix("Bearer "))
    except ValueError:
        raise HTTPException(401, "not authenticated") from None


def scope(name: str) -> Callable[[Token], None]:
    """The token says so: good enough for fifteen minutes."""

    def check(token: Annotated[Token, Depends(bearer)]) -> None:
        if name not in token.scopes:
            raise HTTPException(403, "not allowed")

    return check


def person_of(token: Annotated[Token, Depends(bearer)]) -> dict[str, Any]:
    person = people.by_handle(token.handle)
    if person is None:
        raise HTTPException(403, "not allowed")
    return person


def right(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The database says so, now."""

    def check(person: Annotated[dict[str, Any], Depends(person_of)]) -> dict[str, Any]:
        if person["locked"] or name not in people.rights_of(person["id"]):
            raise HTTPException(403, "not allowed")
        return person

    return check


@app.post("/login")
def login(given: Credentials) -> dict[str, str]:
    person = people.by_password(given.email, given.password)
    if person is None:
        raise HTTPException(401, "wrong address or password")
    return {"token": Token(person["handle"], frozenset(people.rights_of(person["id"]))).encode()}


@app.get("/slots", dependencies=[Depends(scope("slots:read"))])
def slots() -> dict[str, list[str]]:
    return {"slots": ["09:00", "09:20", "11:40"]}


@app.get("/me")
def me(person: Annotated[dict[str, Any], Depends(person_of)]) -> dict[str, str]:
    return {"name": person["name"], "email": person["email"]}


@app.post("/prescriptions", status_code=201)
def prescribe(
    given: Prescription, person: Annotated[dict[str, Any], Depends(right("prescriptions:write"))]
) -> dict[str, str]:
    people.prescribe(person["id"], given.patient, given.drug)
    return {"patient": given.patient, "drug": given.drug}
