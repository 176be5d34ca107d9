"""Moves credits between wristbands."""

from typing import Annotated

from db import Db
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel, Field

app = FastAPI(title="Festival")


class Transfer(BaseModel):
    source: int
    target: int
    credits: Annotated[int, Field(ge=1)]


class Answer(Transfer):
    left: int


Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=100)]


@app.post("/transfers", status_code=201)
def transfer(wanted: Transfer, key: Key, db: Db) -> Answer:
    row = (key, wanted.source, wanted.target, wanted.credits)
    balance(db, wanted.source)
    balance(db, wanted.target)
    db.execute("BEGIN")
    first = db.execute("INSERT INTO transfers VALUES (?, ?, ?, ?, -1) ON CONFLICT DO NOTHING", row).rowcount
    if not first:
        found = db.execute("SELECT source, target, credits, left FROM transfers WHERE key = ?", (key,)).fetchone()
        db.execute("ROLLBACK")
        answer = Answer(**dict(zip(Answer.model_fields, found, strict=True)))
        if (answer.source, answer.target, answer.credits) != (wanted.source, wanted.target, wanted.credits):
            raise HTTPException(409, "this key was used for something else")
        return answer
    taken = db.execute(
        "UPDATE wristbands SET credits = credits - ? WHERE id = ? AND credits >= ?",
        (wanted.credits, wanted.source, wanted.credits),
    )
    if not taken.rowcount:
        db.execute("ROLLBACK")
        raise HTTPException(402, "not enough credits")
    db.execute("UPDATE wristbands SET credits = credits + ? WHERE id = ?", (wanted.credits, wanted.target))
    answer = Answer(**wanted.model_dump(), left=balance(db, wanted.source))
    db.execute("UPDATE transfers SET left = ? WHERE key = ?", (answer.left, key))
    db.execute("COMMIT")
    return answer


def balance(db: Db, wristband: int) -> int:
    found = db.execute("SELECT credits FROM wristbands WHERE id = ?", (wristband,)).fetchone()
    if found is None:
        raise HTTPException(404, f"no wristband {wristband}")
    return found[0]
