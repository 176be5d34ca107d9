"""The clinic's portal."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel

import people
import tokens

app = FastAPI(title="Portal")


class Credentials(BaseModel):
    email: str
    password: str


class Prescription(BaseModel):
    patient: str
    drug: str


def bearer(authorization: Annotated[str, Header()] = "") -> dict[str, Any]:
    """The claims of this request's token."""
    claims = tokens.read(authorization.removeprefix("Bearer "))
    if claims is None:
        raise HTTPException(401, "not authenticated")
    return claims


Bearer = Annotated[dict[str, Any], Depends(bearer)]


@app.post("/login")
def login(given: Credentials) -> dict[str, str]:
    person = people.by_password(given.email, given.password)
    if person is None:
        raise HTTPException(401, "wrong address or password")
    return {"token": tokens.make(person["handle"], people.rights_of(person["id"]))}


@app.get("/slots")
def slots(of: Bearer) -> dict[str, list[str]]:
    if "slots:read" not in of["scope"].split():
        raise HTTPException(403, "not allowed")
    return {"slots": ["09:00", "09:20", "11:40"]}


@app.get("/me")
def me(of: Bearer) -> dict[str, str]:
    person = people.by_handle(of["sub"])
    if person is None:
        raise HTTPException(401, "not authenticated")
    return {"name": person["name"], "email": person["email"]}


@app.post("/prescriptions", status_code=201)
def prescribe(given: Prescription, of: Bearer) -> dict[str, str]:
    person = people.by_handle(of["sub"])  # a token may be fifteen minutes old, and that is too old for this
    if person is None or person["locked"] or "prescriptions:write" not in people.rights_of(person["id"]):
        raise HTTPException(403, "not allowed")
    people.prescribe(person["id"], given.patient, given.drug)
    return {"patient": given.patient, "drug": given.drug}
