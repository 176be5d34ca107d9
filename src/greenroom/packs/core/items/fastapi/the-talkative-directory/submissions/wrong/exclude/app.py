"""The staff directory: everybody in the house may read it."""

from hashlib import scrypt
from secrets import token_bytes

from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse
from models import NewPerson, Person, Team
from store import add, people, rows

app = FastAPI(title="Directory")


@app.get("/people", response_model_exclude={"password_hash", "notes", "team"})
def everybody() -> list[Person]:
    return people()


@app.get("/people/{number}", response_model_exclude={"password_hash", "notes", "team"})
def person(number: int) -> Person:
    found = people("id = ?", number)
    if not found:
        raise HTTPException(404, "there is nobody with this number")
    return found[0]


@app.post("/people", status_code=201, response_model_exclude={"password_hash", "notes", "team"})
def welcome(new: NewPerson) -> Person:
    taken = people("mail = ?", new.mail)
    if taken:
        raise HTTPException(409, {"message": "this mail address is taken", "by": taken[0].model_dump()})
    salt = token_bytes(8)
    hashed = salt.hex() + scrypt(new.password.encode(), salt=salt, n=2, r=8, p=1).hex()
    return add(new.name, new.mail, new.title, hashed)


@app.get("/teams/{number}", response_model_exclude={"budget", "password_hash", "notes", "team"})
def team(number: int) -> Team:
    found = rows("SELECT * FROM teams WHERE id = ?", number)
    if not found:
        raise HTTPException(404, "there is no such team")
    lead = people("id = ?", found[0]["lead"])[0]
    return Team(**found[0] | {"lead": lead, "members": people("team = ?", number)})


@app.get("/phonebook")
def phonebook() -> JSONResponse:
    """Everybody by the first letter of the name."""
    letters: dict[str, list[dict]] = {}
    for one in people():
        letters.setdefault(one.name[0].upper(), []).append(one.model_dump())
    return JSONResponse(letters)
