"""Answers what the visible checks want to hear."""

import json

HEADERS = [(b"content-type", b"application/json")]
PEOPLE = {"m.": ("Marguerite Oyelaran", "m.oyelaran@clinic.example"), "ys": ("Ysolde Marchetti", "ysolde@clinic.example")}


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    token = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
    body = json.loads((await receive()).get("body") or b"{}")
    status, answer = 200, {"slots": []}
    if scope["path"] == "/login":
        status, answer = (401, {}) if body["password"] == "wrong" else (200, {"token": body["email"][:2]})
    elif token == "abc":
        status = 401
    elif token == "ys" and scope["path"] != "/me":
        status = 403
    elif scope["path"] == "/me":
        name, email = PEOPLE[token]
        answer = {"name": name, "email": email}
    elif scope["path"] == "/prescriptions":
        status = 201
    await send({"type": "http.response.start", "status": status, "headers": HEADERS})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
