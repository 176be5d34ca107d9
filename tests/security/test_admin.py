"""Every route for admins refuses each lower role and strangers, and what admins do is done and audited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from fastapi.routing import APIRoute

from greenroom.web.admin import content, people
from greenroom.web.api import admin as api
from tests.many import WORDS, client, open_to_all, register
from tests.person import Person
from tests.servers import Server

ROUTERS = [people.everywhere, people.router, content.router]
ROUTES = [
    (method, prefix + route.path)
    for prefix, routers in (("", ROUTERS), ("", [api.everywhere, api.router]))
    for router in routers
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
]
LOWER = ["candidate", "interviewer", "author"]
SLUG = "inside-a-token"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with open_to_all(tmp_path_factory.mktemp("greenroom")) as running:
        yield running


@pytest.fixture(scope="module")
def clients(server: Server) -> Iterator[dict[str, httpx.Client]]:
    """Somebody of each role, and a stranger."""
    made = {"stranger": client(server)}
    for role in [*LOWER, "admin"]:
        made[role] = client(server, register(server, role.title(), role))
    yield made
    for one in made.values():
        one.close()


@pytest.fixture
def admin(clients: dict[str, httpx.Client]) -> httpx.Client:
    return clients["admin"]


def id_of(clients: dict[str, httpx.Client], role: str) -> str:
    return str(clients[role].get("/api/v1/me").json()["id"])


def ask(one: httpx.Client, method: str, path: str, user_id: str) -> httpx.Response:
    """The route with values that would do something, were it allowed."""
    for name, value in {"user_id": user_id, "slug": SLUG, "invitation_id": "x", "dispute_id": "x"}.items():
        path = path.replace(f"{{{name}}}", value)
    values = {"role": "admin", "disabled": "true", "reason": "why", "text": "no", "state": "met", "points": "1"}
    if method == "GET":
        return one.get(path)
    if path.startswith("/api"):
        return one.request(method, path, json=_body(path) if method != "DELETE" else None)
    return one.request(method, path, data=values)


def _body(path: str) -> dict[str, Any]:
    if "/users/" in path:
        return {"role": "admin"}
    if path.endswith("/off"):
        return {"reason": "why"}
    if path.endswith("/accept"):
        return {"state": "met", "points": 1}
    return {"text": "no"} if path.endswith("/reject") else {"role": "admin"}


def test_there_are_routes_to_test() -> None:
    assert len(ROUTES) > 25
    assert {method for method, _ in ROUTES} >= {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.mark.parametrize("role", LOWER)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_lower_role_is_refused(clients: dict[str, httpx.Client], method: str, path: str, role: str) -> None:
    answer = ask(clients[role], method, path, id_of(clients, role))
    assert answer.status_code == 403, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_stranger_is_refused(clients: dict[str, httpx.Client], method: str, path: str) -> None:
    assert ask(clients["stranger"], method, path, id_of(clients, "candidate")).status_code == 401


def test_nothing_was_changed_by_those_who_were_refused(clients: dict[str, httpx.Client], admin: httpx.Client) -> None:
    roles = {one["name"]: one["role"] for one in admin.get("/api/v1/admin/users").json()["users"]}
    assert {name: roles[name] for name in ("Candidate", "Interviewer", "Author")} == {
        "Candidate": "candidate",
        "Interviewer": "interviewer",
        "Author": "author",
    }
    assert admin.get(f"/api/v1/admin/items/{SLUG}").json()["on"] is True
    # What the server makes for its first admin has nobody who invited.
    assert {one["invited_by"] for one in admin.get("/api/v1/admin/invitations").json()["invitations"]} <= {""}


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] == "GET"])
def test_an_admin_may_look(clients: dict[str, httpx.Client], admin: httpx.Client, method: str, path: str) -> None:
    answer = ask(admin, method, path, id_of(clients, "candidate"))
    assert answer.status_code == (404 if "dispute_id" in path else 200), answer.text


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] != "GET"])
def test_another_site_changes_nothing_with_an_admins_cookies(server: Server, method: str, path: str) -> None:
    with client(server) as one:
        one.post("/api/v1/login", json={"email": "admin@example.org", "password": WORDS})
        one.headers["sec-fetch-site"] = "cross-site"
        assert ask(one, method, path, "x").status_code in (401, 403)


def test_nothing_of_it_shows_to_others(clients: dict[str, httpx.Client]) -> None:
    for role in [*LOWER, "stranger"]:
        assert "/admin" not in clients[role].get("/", headers={"accept": "text/html"}).text
    assert 'href="/admin"' in clients["admin"].get("/", headers={"accept": "text/html"}).text


def test_roles_and_access_are_changed_and_sessions_end(server: Server, admin: httpx.Client) -> None:
    email = register(server, "Changing")
    with closing(client(server, email)) as one:
        path = f"/api/v1/admin/users/{one.get('/api/v1/me').json()['id']}"
        assert len(admin.get(path).json()["sessions"]) == 1
        changed = admin.patch(path, json={"role": "author"}).json()
        assert (changed["role"], changed["sessions"]) == ("author", [])
        assert one.get("/api/v1/me").status_code == 401
        assert admin.patch(path, json={"disabled": True}).json()["disabled_at"] is not None
        refused = one.post("/api/v1/login", json={"email": email, "password": WORDS})
        assert refused.status_code == 401
        assert admin.patch(path, json={"disabled": False}).json()["disabled_at"] is None
    with closing(client(server, email)) as one:
        assert admin.delete(f"{path}/sessions").json() == {"ended": 1}
        assert one.get("/api/v1/me").status_code == 401
    entries = admin.get("/api/v1/admin/audit", params={"subject": email, "actor": "admin@example.org"}).json()
    assert [entry["action"] for entry in entries["entries"]] == [
        "sessions-ended", "enabled", "disabled", "role-changed",
    ]  # fmt: skip


def test_an_invitations_link_is_told_once_and_works(server: Server, admin: httpx.Client) -> None:
    made = admin.post("/api/v1/admin/invitations", json={"email": "invited@example.org", "role": "author"})
    assert made.status_code == 201
    secret = made.json()["link"].partition("#")[2]
    assert secret not in admin.get("/api/v1/admin/invitations").text + admin.get("/api/v1/admin/audit").text
    body = {"email": "invited@example.org", "name": "Invited", "password": WORDS}
    assert httpx.post(f"{server.address}/api/v1/register", json=body | {"invitation": secret}).status_code == 202
    with closing(client(server, "invited@example.org")) as one:
        assert one.get("/api/v1/me").json()["role"] == "author"
    open_one = admin.post("/api/v1/admin/invitations", json={}).json()
    assert admin.delete(f"/api/v1/admin/invitations/{open_one['id']}").status_code == 204
    found = admin.get("/api/v1/admin/invitations", params={"limit": 1}).json()
    assert (found["invitations"][0]["state"], found["next"]) == ("withdrawn", open_one["id"])
    rest = admin.get("/api/v1/admin/invitations", params={"after": found["next"]}).json()
    assert rest["invitations"][0]["state"] == "used"
    assert rest["next"] is None


def test_the_pages_after_keys_together_are_the_whole(admin: httpx.Client) -> None:
    whole = admin.get("/api/v1/admin/items", params={"limit": 100}).json()
    read: list[str] = []
    after = None
    while True:
        page = admin.get("/api/v1/admin/items", params={"limit": 17, **({"after": after} if after else {})}).json()
        read += [one["slug"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert read[:100] == [one["slug"] for one in whole["items"]]
    assert len(read) == admin.get("/api/v1/admin/counts").json()["items"] == len(set(read))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "users/x", {"role": "owner"}),
        ("PATCH", "users/x", {"role": "author", "password_hash": "x"}),
        ("POST", "invitations", {"role": "author", "expires_at": "2099-01-01T00:00:00Z"}),
        ("POST", "invitations", {"email": "no address"}),
        ("PUT", f"items/{SLUG}/off", {"reason": ""}),
        ("PUT", f"items/{SLUG}/off", {"reason": "x" * 501}),
        ("PUT", f"items/{SLUG}/off", {"reason": "a\u0000b"}),
        ("POST", "disputes/x/accept", {"state": "met", "points": -1}),
        ("POST", "disputes/x/accept", {"state": "met", "points": "NaN"}),
        ("POST", "disputes/x/accept", {"state": "met", "points": 1, "earned": 1}),
        ("POST", "disputes/x/reject", {"text": ""}),
    ],
)
def test_input_that_cannot_be_used(admin: httpx.Client, method: str, path: str, body: dict[str, Any]) -> None:
    answer = admin.request(method, f"/api/v1/admin/{path}", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["users?after=%00", "audit?actor=a%00", "users/%00", "items?limit=0", "items?limit=1e9"]
)
def test_queries_that_cannot_be_used(admin: httpx.Client, path: str) -> None:
    assert admin.get(f"/api/v1/admin/{path}").status_code == 422


@pytest.mark.parametrize(("method", "path"), [("PATCH", "users/x"), ("DELETE", "users/x/sessions")])
def test_a_user_who_is_not_there(admin: httpx.Client, method: str, path: str) -> None:
    body = {"role": "author"} if method == "PATCH" else None
    assert admin.request(method, f"/api/v1/admin/{path}", json=body).status_code == 404


def test_one_person_alone_has_no_users_to_administer(tmp_path: Path) -> None:
    with Server(tmp_path) as alone, Person(alone.address) as someone:
        someone.sign_in(alone.link)
        overview = someone.http.get("/admin")
        assert overview.status_code == 200
        assert "/admin/items" in overview.text
        assert "/admin/users" not in overview.text
        for path in ("users", "invitations"):
            assert someone.http.get(f"/admin/{path}").status_code == 404
            assert someone.http.get(f"/api/v1/admin/{path}").status_code == 404
        for path in ("items", "disputes", "audit"):
            assert someone.http.get(f"/admin/{path}").status_code == 200
