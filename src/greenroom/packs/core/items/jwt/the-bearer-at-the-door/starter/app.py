"""The orders service: who is asking?"""

from typing import Annotated

from fastapi import FastAPI, Header, HTTPException

from tokens import InvalidToken, claims_of

app = FastAPI()


@app.get("/me")
def me(authorization: Annotated[str, Header()] = "") -> dict[str, str]:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise HTTPException(401, "a bearer token is needed")
    try:
        claims = claims_of(token)
    except InvalidToken as error:
        raise HTTPException(401, str(error)) from error
    return {"user": claims["sub"]}
