"""Says of a comment how likely it is to be spam."""

from batching import FullError, score_of
from connection import while_connected
from fastapi import FastAPI, HTTPException, Request
from model import ModelError, UnreadableError
from pydantic import BaseModel

app = FastAPI(title="Comments")


class Comment(BaseModel):
    text: str


@app.post("/scores")
async def score(comment: Comment, request: Request) -> dict[str, float]:
    try:
        return {"score": await while_connected(request, score_of(comment.text))}
    except UnreadableError:
        raise HTTPException(422, "the text cannot be read") from None
    except ModelError:
        raise HTTPException(502, "the model does not answer") from None
    except FullError:
        raise HTTPException(503, "too many comments are waiting", {"Retry-After": "1"}) from None
