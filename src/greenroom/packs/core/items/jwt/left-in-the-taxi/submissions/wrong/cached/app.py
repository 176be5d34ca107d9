"""The newspaper's drafts, for whoever has a token."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException

import revoked
import tokens
from database import connection


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    with connection() as db:
        db.executescript(Path(__file__).with_name("schema.sql").read_text())
    yield


app = FastAPI(title="Drafts", lifespan=lifespan)


def bearer(authorization: Annotated[str, Header()] = "") -> dict[str, Any]:
    """The claims of this request's token."""
    scheme, _, token = authorization.partition(" ")
    claims = tokens.read(token) if scheme.lower() == "bearer" else None
    if claims is None or revoked.is_revoked(claims):
        raise HTTPException(401, "not authenticated")
    return claims


Bearer = Annotated[dict[str, Any], Depends(bearer)]


@app.get("/drafts")
def drafts(of: Bearer) -> dict[str, str]:
    return {"editor": of["sub"], "front": "Bridge closed, mayor silent"}


@app.post("/logout", status_code=204)
def logout(of: Bearer) -> None:
    revoked.revoke(of)
