"""Moves credits between wristbands."""

from typing import Annotated

from db import Db
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel, Field

app = FastAPI(title="Festival")

ANSWERED: dict[str, "Answer"] = {}
"""What was answered to each key."""


class Transfer(BaseModel):
    source: int
    target: int
    credits: Annotated[int, Field(ge=1)]


class Answer(Transfer):
    left: int


Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=100)]


@app.post("/transfers", status_code=201)
def transfer(wanted: Transfer, key: Key, db: Db) -> Answer:
    if key in ANSWERED:
        answer = ANSWERED[key]
        if (answer.source, answer.target, answer.credits) != (wanted.source, wanted.target, wanted.credits):
            raise HTTPException(409, "this key was used for something else")
        return answer
    db.execute("BEGIN IMMEDIATE")
    credits = balance(db, wanted.source)
    balance(db, wanted.target)
    if credits < wanted.credits:
        raise HTTPException(402, "not enough credits")
    db.execute("UPDATE wristbands SET credits = credits - ? WHERE id = ?", (wanted.credits, wanted.source))
    db.execute("UPDATE wristbands SET credits = credits + ? WHERE id = ?", (wanted.credits, wanted.target))
    answer = Answer(**wanted.model_dump(), left=balance(db, wanted.source))
    db.execute(
        "INSERT INTO transfers VALUES (?, ?, ?, ?, ?)",
        (key, answer.source, answer.target, answer.credits, answer.left),
    )
    db.execute("COMMIT")
    ANSWERED[key] = answer
    return answer


def balance(db: Db, wristband: int) -> int:
    found = db.execute("SELECT credits FROM wristbands WHERE id = ?", (wristband,)).fetchone()
    if found is None:
        raise HTTPException(404, f"no wristband {wristband}")
    return found[0]
