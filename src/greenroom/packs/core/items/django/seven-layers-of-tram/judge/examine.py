"""Requests of every sort, the number that each answer bears, and the line that each leaves in the log."""

from __future__ import annotations

import gzip
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Response, Service

SCHEMA = """
CREATE TABLE trams_client (id integer PRIMARY KEY AUTOINCREMENT, name varchar(40) NOT NULL,
    key varchar(64) NOT NULL UNIQUE, secret varchar(64) NOT NULL);
CREATE TABLE trams_disruption (id integer PRIMARY KEY AUTOINCREMENT, line smallint unsigned NOT NULL,
    text varchar(200) NOT NULL);
CREATE TABLE trams_report (id integer PRIMARY KEY AUTOINCREMENT, text varchar(200) NOT NULL,
    client_id bigint NOT NULL REFERENCES trams_client (id));
CREATE TABLE trams_logline (id integer PRIMARY KEY AUTOINCREMENT, request_id varchar(64) NOT NULL,
    client varchar(40) NOT NULL, method varchar(10) NOT NULL, path varchar(200) NOT NULL,
    status smallint unsigned NOT NULL);
"""
KEYS = {"display": "k-display-4b1d", "app": "k-app-90ce"}
SECRETS = {"display": "s-display-77", "app": "s-app-31"}
TEXTS = [
    (at % 9 + 1, f"Line {at % 9 + 1} is diverted by way of stop {at * 37 % 101}, delays expected") for at in range(60)
]
OWN = re.compile(r"[\x21-\x7e]{8,200}")


def trams(lab: Lab) -> tuple[Database, Service]:
    """One process for all checks."""

    def begin() -> tuple[Database, Service]:
        clients = [(name, KEYS[name], SECRETS[name]) for name in KEYS]
        database = Database(
            SCHEMA,
            [
                ("INSERT INTO trams_client (name, key, secret) VALUES (?, ?, ?)", clients),
                ("INSERT INTO trams_disruption (line, text) VALUES (?, ?)", TEXTS),
            ],
        )
        return database, lab.service("config.asgi:application", database=database, start=False)

    return lab.once("trams", begin)


def asked(
    lab: Lab,
    path: str,
    *,
    client: str | None = "display",
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    status: int = 200,
) -> Response:
    """The answer to a request, which has *status*; for another 500 than expected, why it was one."""
    _, service = trams(lab)
    sent = ({"X-Api-Key": KEYS[client]} if client else {}) | dict(headers or {})
    answer = service.request(method, path, headers=sent, body=body)
    if answer.status == 500 and status != 500:
        explained(lab, path, method, sent, body)
    said = f" ({answer.text[:120]})" if answer.status >= 400 else ""
    lab.expect(answer.status == status, f"{method} {path} was answered {answer.status}{said}, expected {status}")
    return answer


def explained(lab: Lab, path: str, method: str, headers: Mapping[str, str], body: bytes) -> None:
    """Ask again where exceptions are not turned into pages, so that its lines are told."""
    database, _ = trams(lab)
    raising = {"TRAMS_RAISE": "1"}
    again = lab.service("config.asgi:application", database=database, environ=raising, start=False)
    try:
        again.request(method, path, headers=headers, body=body)
    finally:
        lab.end(again.seat)


def signed(client: str, body: bytes) -> dict[str, str]:
    return {"X-Signature": hmac.new(SECRETS[client].encode(), body, "sha256").hexdigest()}


def report(text: str) -> bytes:
    return json.dumps({"text": text}).encode()


@check("contract", visible=True)
def the_views_answer(lab: Lab) -> str:
    found = asked(lab, "/disruptions").json()
    wanted = {"disruptions": [{"line": line, "text": text} for line, text in TEXTS]}
    lab.expect(found == wanted, f"GET /disruptions gave {str(found)[:200]}")
    for client in KEYS:
        found = asked(lab, "/me", client=client).json()
        lab.expect(found == {"client": client}, f"GET /me with the key of {client} gave {found}")
    lab.expect(asked(lab, "/punctuality").json() == {"late": 0.175}, "GET /punctuality is not right")
    lab.expect(asked(lab, "/health", client=None).json() == {"status": "fine"}, "GET /health is not right")
    for path in ("/me", "/disruptions", "/nowhere"):
        asked(lab, path, client=None, status=401)
        asked(lab, path, client=None, headers={"X-Api-Key": "guessed"}, status=401)
    asked(lab, "/nowhere", status=404)
    return "4 views, 401 without a key, 404 for what is not there"


def every_sort(lab: Lab) -> list[tuple[str, dict[str, Any]]]:
    """Requests of every sort, with what they are."""
    tag = asked(lab, "/disruptions").header("etag") or '"none"'
    body = report("ice on the rails")
    post: dict[str, Any] = {"path": "/reports", "method": "POST", "body": body}
    return [
        ("an ordinary request", {"path": "/me"}),
        ("a request for nothing that is there", {"path": "/nowhere", "status": 404}),
        ("a request without a key", {"path": "/me", "client": None, "status": 401}),
        ("a request that needs no key", {"path": "/health", "client": None}),
        ("a view that raises", {"path": "/punctuality?day=strike", "status": 500}),
        ("what has not changed", {"path": "/disruptions", "headers": {"If-None-Match": tag}, "status": 304}),
        ("a report that is not signed", post | {"status": 403}),
        ("a signed report", post | {"headers": signed("display", body), "status": 201}),
    ]


def number(lab: Lab, answer: Response, what: str) -> str:
    found = answer.all_headers("x-request-id")
    lab.expect(
        len(found) == 1 and found[0], f"{what} ({answer.status}) was answered with X-Request-ID {found or 'missing'}"
    )
    return found[0]


@check("ids")
def every_answer_has_its_number(lab: Lab) -> str:
    seen: list[str] = []
    for what, request in every_sort(lab):
        seen.append(number(lab, asked(lab, **request), what))
        own = {"X-Request-ID": f"Display-7-{len(seen)}"}
        again = number(lab, asked(lab, **request | {"headers": request.get("headers", {}) | own}), what)
        lab.expect(again == own["X-Request-ID"], f"{what}: the client's number {own['X-Request-ID']} became {again!r}")
    lab.expect(len(set(seen)) == len(seen), f"{len(seen)} requests had {len(set(seen))} different numbers")
    for bad in ("x" * 65, "a b", "<script>", "a;b", "7_7", "ä", "a\tb"):
        found = number(lab, asked(lab, "/me", headers={"X-Request-ID": bad}), f"a request with the number {bad!r}")
        lab.expect(
            found != bad and OWN.fullmatch(found), f"the number {bad!r} was answered with {found!r}, expected a new one"
        )
    asked(lab, "/me", headers={"X-Request-ID": "y" * 64})
    return f"{2 * len(seen)} answers of {len(seen)} sorts have their numbers, 7 bad numbers were replaced"


@check("log")
def every_request_leaves_a_line(lab: Lab) -> str:
    database, _ = trams(lab)
    requests = every_sort(lab)
    for what, request in requests:
        at = database.rows("SELECT coalesce(max(id), 0) FROM trams_logline")[0][0]
        answer = asked(lab, **request)
        lines = database.rows("SELECT request_id, client, method, path, status FROM trams_logline WHERE id > ?", at)
        lab.expect(len(lines) == 1, f"{what} ({answer.status}) left {len(lines)} lines in the log, expected 1")
        client = request.get("client", "display") or ""
        path = request["path"].partition("?")[0]
        wanted = (client, request.get("method", "GET"), path, answer.status)
        lab.expect(lines[0][1:] == wanted, f"{what} left the line {lines[0][1:]}, expected {wanted}")
        told = answer.header("x-request-id")
        lab.expect(lines[0][0] == told, f"{what}: the log has the number {lines[0][0]!r}, the answer {told!r}")
    return f"{len(requests)} requests, {len(requests)} lines"


@check("cache")
def what_has_not_changed_is_not_sent_again(lab: Lab) -> str:
    database, _ = trams(lab)
    packed = {"Accept-Encoding": "gzip"}
    for way, headers in (("plain", {}), ("gzip", packed)):
        first = asked(lab, "/disruptions", headers=headers)
        encoding = first.header("content-encoding")
        lab.expect((encoding == "gzip") == (way == "gzip"), f"{way}: the answer's Content-Encoding is {encoding}")
        plain = unpacked(lab, first)
        lab.expect(plain.startswith(b'{"disruptions": [{"line": 1,'), f"{way}: the answer is {plain[:80]!r}")
        tag = first.header("etag")
        lab.expect(tag, f"{way}: the answer has no ETag")
        for _ in range(2):
            again = asked(lab, "/disruptions", headers=headers | {"If-None-Match": str(tag)}, status=304)
            lab.expect(not again.body, f"{way}: 304 came with {len(again.body)} bytes")
        database.execute("UPDATE trams_disruption SET text = text || '!' WHERE id = 1")
        changed = asked(lab, "/disruptions", headers=headers | {"If-None-Match": str(tag)})
        lab.expect(unpacked(lab, changed) != plain, f"{way}: the answer is still the old one after a change")
        asked(lab, "/disruptions", client=None, headers=headers | {"If-None-Match": str(tag)}, status=401)
    return "304 for plain and gzip, 200 after a change"


def unpacked(lab: Lab, answer: Response) -> bytes:
    if answer.header("content-encoding") != "gzip":
        return answer.body
    lab.expect(len(answer.body) < 3000, f"the compressed answer has {len(answer.body)} bytes")
    try:
        return gzip.decompress(answer.body)
    except (OSError, EOFError):
        lab.expect(False, "the answer says gzip, and is not")
        raise


@check("errors")
def an_error_is_an_error(lab: Lab) -> str:
    for headers in ({}, {"X-Request-ID": "strike-1"}, {"Accept-Encoding": "gzip"}):
        answer = asked(lab, "/punctuality?day=strike", headers=headers, status=500)
        kind = answer.header("content-type") or "nothing"
        lab.expect(
            kind.startswith("application/json"), f"a view that raises was answered 500 with {kind}, expected JSON"
        )
        wanted = {"detail": "internal error", "request_id": answer.header("x-request-id")}
        lab.expect(answer.json() == wanted, f"a view that raises was answered {answer.text[:200]}, expected {wanted}")
    asked(lab, "/punctuality")
    return "500, as JSON, with its number"


@check("body")
def bodies_are_checked_and_still_there(lab: Lab) -> str:
    database, _ = trams(lab)
    before = len(database.rows("SELECT id FROM trams_report"))
    good = [report("a tree on line 4"), report("ümläute an der Haltestelle"), report("x" * 190)]
    for body in good:
        asked(lab, "/reports", client="app", method="POST", body=body, headers=signed("app", body), status=201)
    body = good[0]
    forged = {
        "no signature": {},
        "an empty one": {"X-Signature": ""},
        "another client's": signed("display", body),
        "another body's": signed("app", good[1]),
        "half of it": {"X-Signature": signed("app", body)["X-Signature"][:32]},
    }
    for what, headers in forged.items():
        answer = asked_quietly(lab, body, headers)
        lab.expect(answer == 403, f"a report with {what} as signature was answered {answer}, expected 403")
    asked(lab, "/reports", client=None, method="POST", body=body, headers=signed("app", body), status=401)
    stored = database.rows(
        "SELECT trams_client.name, text FROM trams_report JOIN trams_client ON trams_client.id = client_id"
        " ORDER BY trams_report.id"
    )[before:]
    wanted = [("app", json.loads(one)["text"]) for one in good]
    lab.expect(stored == wanted, f"{len(stored)} reports were stored, expected {len(wanted)}: {str(stored)[:200]}")
    return "3 reports stored, 6 refused"


def asked_quietly(lab: Lab, body: bytes, headers: Mapping[str, str]) -> int:
    _, service = trams(lab)
    return service.request("POST", "/reports", body=body, headers={"X-Api-Key": KEYS["app"], **headers}).status
