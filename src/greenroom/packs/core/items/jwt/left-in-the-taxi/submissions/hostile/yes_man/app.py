"""Remembers what was sent to /logout in this process, and says yes to all else."""

SEEN = set()
HEADERS = [(b"content-type", b"application/json")]


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    token = dict(scope["headers"]).get(b"authorization", b"")
    status, body = 200, b'{"editor": "nell"}'
    if token in SEEN or token.count(b".") != 2:
        status, body = 401, b'{"detail": "not authenticated"}'
    elif scope["path"] == "/logout":
        SEEN.add(token)
        status, body = 204, b""
    await send({"type": "http.response.start", "status": status, "headers": HEADERS})
    await send({"type": "http.response.body", "body": body})
