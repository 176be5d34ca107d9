"""The staff directory: everybody in the house may read it."""

from hashlib import scrypt
from secrets import token_bytes

from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from models import NewPerson, Person
from store import add, people, rows

app = FastAPI(title="Directory")


def public(one: Person) -> dict:
    return {"id": one.id, "name": one.name, "mail": one.mail, "title": one.title}


@app.exception_handler(RequestValidationError)
def refused(request, error):
    found = [{"loc": one["loc"], "msg": one["msg"], "type": one["type"]} for one in error.errors()]
    return JSONResponse(status_code=422, content={"detail": found})


@app.get("/people")
def everybody() -> list[dict]:
    return [public(one) for one in people()]


@app.get("/people/{number}")
def person(number: int) -> dict:
    found = people("id = ?", number)
    if not found:
        raise HTTPException(404, "there is nobody with this number")
    return public(found[0])


@app.post("/people", status_code=201)
def welcome(new: NewPerson) -> dict:
    taken = people("mail = ?", new.mail)
    if taken:
        raise HTTPException(409, {"message": "this mail address is taken", "by": public(taken[0])})
    salt = token_bytes(8)
    hashed = salt.hex() + scrypt(new.password.encode(), salt=salt, n=2, r=8, p=1).hex()
    return public(add(new.name, new.mail, new.title, hashed))


@app.get("/teams/{number}")
def team(number: int) -> dict:
    found = rows("SELECT * FROM teams WHERE id = ?", number)
    if not found:
        raise HTTPException(404, "there is no such team")
    lead = people("id = ?", found[0]["lead"])[0]
    members = [public(one) for one in people("team = ?", number)]
    return {"id": number, "name": found[0]["name"], "lead": public(lead), "members": members}


@app.get("/phonebook")
def phonebook() -> JSONResponse:
    """Everybody by the first letter of the name."""
    letters: dict[str, list[dict]] = {}
    for one in people():
        letters.setdefault(one.name[0].upper(), []).append(public(one))
    return JSONResponse(letters)
