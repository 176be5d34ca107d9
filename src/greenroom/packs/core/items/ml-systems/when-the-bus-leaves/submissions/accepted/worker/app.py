"""Says of a comment how likely it is to be spam."""

import asyncio
from contextlib import asynccontextmanager

from batching import Batcher, Full
from connection import while_connected
from fastapi import FastAPI, HTTPException, Request
from model import ModelError, UnreadableError
from pydantic import BaseModel


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.batcher = Batcher()
    worker = asyncio.create_task(app.state.batcher.work())
    yield
    worker.cancel()


app = FastAPI(title="Comments", lifespan=lifespan)


class Comment(BaseModel):
    text: str


@app.post("/scores")
async def score(comment: Comment, request: Request) -> dict[str, float]:
    try:
        return {"score": await while_connected(request, request.app.state.batcher.score(comment.text))}
    except Full:
        raise HTTPException(503, "later, please", {"Retry-After": "2"})
    except UnreadableError:
        raise HTTPException(422, "the text cannot be read") from None
    except ModelError:
        raise HTTPException(502, "the model does not answer") from None
