"""The orders service: who is asking?"""

from typing import Annotated

from fastapi import FastAPI, Header, HTTPException

from tokens import InvalidToken, claims_of

app = FastAPI()


@app.get("/me")
def me(authorization: Annotated[str, Header()] = "") -> dict[str, str]:
    scheme, _, token = authorization.partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise InvalidToken("no bearer token")
        claims = claims_of(token)
    except InvalidToken as error:
        raise HTTPException(401, "not authenticated", headers={"WWW-Authenticate": "Bearer"}) from error
    return {"user": claims["sub"]}
