"""The feed of a news site."""

from typing import Annotated, Any

import feed
from fastapi import FastAPI, HTTPException, Query

app = FastAPI(title="Feed")


@app.get("/posts")
def posts(limit: Annotated[int, Query(ge=1, le=50)] = 20, after: str | None = None) -> dict[str, Any]:
    try:
        found, following = feed.page(limit, after)
    except feed.BadCursorError:
        raise HTTPException(400, "this cursor is not valid") from None
    return {"posts": found, "next": following}
