"""The staff directory: everybody in the house may read it."""

from hashlib import scrypt
from secrets import token_bytes

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from models import NewPerson, PublicPerson, PublicTeam, Team
from store import add, people, rows

app = FastAPI(title="Directory")


@app.exception_handler(RequestValidationError)
async def refused(request: Request, error: RequestValidationError) -> JSONResponse:
    """What is wrong with which field; not what was sent."""
    kept = [{name: one[name] for name in ("type", "loc", "msg")} for one in error.errors()]
    return JSONResponse({"detail": kept}, 422)


@app.get("/people")
def everybody() -> list[PublicPerson]:
    return people()


@app.get("/people/{number}")
def person(number: int) -> PublicPerson:
    found = people("id = ?", number)
    if not found:
        raise HTTPException(404, "there is nobody with this number")
    return found[0]


@app.post("/people", status_code=201)
def welcome(new: NewPerson) -> PublicPerson:
    taken = people("mail = ?", new.mail)
    if taken:
        raise HTTPException(
            409, {"message": "this mail address is taken", "by": PublicPerson.model_validate(taken[0]).model_dump()}
        )
    salt = token_bytes(8)
    hashed = salt.hex() + scrypt(new.password.encode(), salt=salt, n=2, r=8, p=1).hex()
    return add(new.name, new.mail, new.title, hashed)


@app.get("/teams/{number}", response_model=PublicTeam)
def team(number: int) -> Team:
    found = rows("SELECT * FROM teams WHERE id = ?", number)
    if not found:
        raise HTTPException(404, "there is no such team")
    lead = people("id = ?", found[0]["lead"])[0]
    return Team(**found[0] | {"lead": lead, "members": people("team = ?", number)})


@app.get("/phonebook")
def phonebook() -> dict[str, list[PublicPerson]]:
    """Everybody by the first letter of the name."""
    letters: dict[str, list[PublicPerson]] = {}
    for one in people():
        letters.setdefault(one.name[0].upper(), []).append(PublicPerson.model_validate(one))
    return letters
