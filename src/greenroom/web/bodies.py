"""Bodies of requests: read as a whole, and given once more to who comes after."""

from __future__ import annotations

from starlette.types import Message, Receive


async def read_body(receive: Receive, limit: int | None = None) -> tuple[bytes, bool]:
    """The whole body, and whether it is within *limit* bytes; reading stops at the first byte beyond it."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body), True
        body += message.get("body", b"")
        if limit is not None and len(body) > limit:
            return b"", False
        if not message.get("more_body", False):
            return bytes(body), True


def replay(body: bytes, receive: Receive) -> Receive:
    """A receive channel that gives *body* once and then what the server says (a disconnect)."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
