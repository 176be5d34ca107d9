"""The newspaper's drafts, for whoever has a token."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response

import tokens
from database import connection
from revoked import Denylist, Token


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    with connection() as db:
        db.executescript(Path(__file__).with_name("schema.sql").read_text())
    app.state.denylist = Denylist()
    yield


app = FastAPI(title="Drafts", lifespan=lifespan)


def bearer(request: Request) -> Token:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    claims = tokens.read(text) if scheme.lower() == "bearer" else None
    if claims is None:
        raise HTTPException(401, "not authenticated")
    token = Token.of(claims)
    if token in request.app.state.denylist:
        raise HTTPException(401, "not authenticated")
    return token


@app.get("/drafts")
def drafts(token: Annotated[Token, Depends(bearer)]) -> dict[str, str]:
    return {"editor": token.editor, "front": "Bridge closed, mayor silent"}


@app.post("/logout")
def logout(request: Request, token: Annotated[Token, Depends(bearer)]) -> Response:
    request.app.state.denylist.add(token)
    return Response(status_code=204)
