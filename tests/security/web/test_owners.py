"""Every route has a rule here, and holds it: who is not meant gets 401, 403 or 404, whatever their role.

The routes come from the application itself. A new one without a rule fails the first test.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

import httpx2 as httpx
import pytest
from pydantic import BaseModel

from greenroom.accounts.rules import Role
from tests.security.site import UNSAFE, WORDS, Site, Visitor

pytestmark = pytest.mark.anyio


class Rule(Enum):
    """Whom a route is for."""

    everybody = "everybody"
    signed_in = "who is signed in, for what is their own"
    owner = "who owns what the path names"
    author = "who writes items"
    admin = "who administers"


E, S, O, W, A = Rule.everybody, Rule.signed_in, Rule.owner, Rule.author, Rule.admin  # noqa: E741

RULES = {
    "GET /": E,
    "GET /health": E,
    "GET /enter": E,
    "GET /login": E,
    "POST /login": E,
    "GET /register": E,
    "POST /register": E,
    "GET /forgot": E,
    "POST /forgot": E,
    "GET /reset": E,
    "POST /reset": E,
    "GET /api/v1/openapi.json": E,
    "POST /api/v1/register": E,
    "POST /api/v1/login": E,
    "POST /api/v1/password/forgot": E,
    "POST /api/v1/password/reset": E,
    "POST /api/v1/refresh": S,
    "GET /history": S,
    "GET /doctor": S,
    "GET /setup": S,
    "GET /setup/plan": S,
    "GET /setup/self-test": S,
    "POST /interviews": S,
    "POST /warm-up": S,
    "POST /leave": S,
    "GET /account": S,
    "GET /account/export": S,
    "POST /account/leave-everywhere": S,
    "POST /account/password": S,
    "POST /account/delete": S,
    "POST /account/training": S,
    "POST /api/v1/logout": S,
    "POST /api/v1/logout-everywhere": S,
    "GET /api/v1/me": S,
    "DELETE /api/v1/me": S,
    "GET /api/v1/me/export": S,
    "GET /api/v1/me/training-consent": S,
    "PUT /api/v1/me/training-consent": S,
    "GET /api/v1/sessions": S,
    "POST /api/v1/password": S,
    "DELETE /api/v1/sessions/{session_id}": O,
    "POST /account/sessions/{session_id}/end": O,
    "GET /interviews/{interview_id}": O,
    "POST /interviews/{interview_id}/forecast": O,
    "POST /interviews/{interview_id}/begin": O,
    "POST /interviews/{interview_id}/{action}": O,
    "GET /interviews/{interview_id}/report": O,
    "GET /interviews/{interview_id}/report.json": O,
    "GET /rounds/{round_id}": O,
    "GET /rounds/{round_id}/debrief": O,
    "PUT /rounds/{round_id}/draft": O,
    "POST /rounds/{round_id}/heartbeat": O,
    "POST /rounds/{round_id}/run": O,
    "POST /rounds/{round_id}/design/read": O,
    "POST /rounds/{round_id}/design/edit": O,
    "POST /rounds/{round_id}/design/run": O,
    "POST /rounds/{round_id}/design/stop": O,
    "POST /rounds/{round_id}/submit": O,
    "POST /rounds/{round_id}/follow-up": O,
    "POST /rounds/{round_id}/hints": O,
    "POST /rounds/{round_id}/skip": O,
    "POST /rounds/{round_id}/close": O,
    "POST /rounds/{round_id}/self-judge": O,
    "GET /rounds/{round_id}/submissions/{submission_id}/stream": O,
    "GET /rounds/{round_id}/runs/{run_id}/stream": O,
    "GET /account/form-token": E,
    "POST /api/v1/grader/score": S,
    "GET /api/v1/grader/model": S,
    "GET /api/v1/grader/health": S,
    "GET /metrics": A,
    "GET /rubrics": W,
    "GET /rubrics/{slug}": W,
    "POST /rubrics/{slug}/trial": W,
    "GET /api/v1/items": S,
    "GET /api/v1/items/{slug}": S,
    "GET /api/v1/interviews": S,
    "POST /api/v1/interviews": S,
    "GET /api/v1/interviews/{interview_id}": O,
    "DELETE /api/v1/interviews/{interview_id}": O,
    "PUT /api/v1/interviews/{interview_id}/forecast": O,
    "POST /api/v1/interviews/{interview_id}/begin": O,
    "POST /api/v1/interviews/{interview_id}/pause": O,
    "POST /api/v1/interviews/{interview_id}/finish": O,
    "GET /api/v1/interviews/{interview_id}/report": O,
    "GET /api/v1/rounds/{round_id}": O,
    "PUT /api/v1/rounds/{round_id}/draft": O,
    "POST /api/v1/rounds/{round_id}/run": O,
    "POST /api/v1/rounds/{round_id}/submit": O,
    "POST /api/v1/rounds/{round_id}/hints": O,
    "POST /api/v1/rounds/{round_id}/skip": O,
    "POST /api/v1/rounds/{round_id}/close": O,
    "POST /api/v1/rounds/{round_id}/self-judge": O,
    "POST /api/v1/rounds/{round_id}/disputes": O,
    "POST /rounds/{round_id}/disputes": O,
    "WEBSOCKET /api/v1/rounds/{round_id}/live": O,
    "DELETE /api/v1/admin/invitations/{invitation_id}": A,
    "DELETE /api/v1/admin/items/{slug}/off": A,
    "DELETE /api/v1/admin/users/{user_id}/sessions": A,
    "GET /admin": A,
    "GET /admin/audit": A,
    "GET /admin/disputes": A,
    "GET /admin/disputes/{dispute_id}": A,
    "GET /admin/grader": A,
    "GET /admin/invitations": A,
    "GET /admin/items": A,
    "GET /admin/items/{slug}": A,
    "GET /admin/users": A,
    "GET /admin/users/{user_id}": A,
    "GET /api/v1/admin/audit": A,
    "GET /api/v1/admin/counts": A,
    "GET /api/v1/admin/disputes": A,
    "GET /api/v1/admin/disputes/{dispute_id}": A,
    "GET /api/v1/admin/invitations": A,
    "GET /api/v1/admin/items": A,
    "GET /api/v1/admin/items/{slug}": A,
    "GET /api/v1/admin/users": A,
    "GET /api/v1/admin/users/{user_id}": A,
    "PATCH /api/v1/admin/users/{user_id}": A,
    "POST /admin/disputes/{dispute_id}/accept": A,
    "POST /admin/disputes/{dispute_id}/reject": A,
    "GET /admin/grader/data": A,
    "GET /admin/grader/evaluation": A,
    "GET /admin/grader/forget": A,
    "GET /admin/grader/monitoring": A,
    "GET /admin/grader/training": A,
    "GET /admin/grader/snapshots/{snapshot_id}": A,
    "POST /admin/grader/audits": A,
    "POST /admin/grader/data": A,
    "POST /admin/grader/data/preview": A,
    "POST /admin/grader/evaluation": A,
    "POST /admin/grader/forget": A,
    "POST /admin/grader/forget/preview": A,
    "POST /admin/grader/promote": A,
    "POST /admin/grader/rollback": A,
    "POST /admin/invitations": A,
    "POST /admin/invitations/{invitation_id}/withdraw": A,
    "POST /admin/items/{slug}/off": A,
    "POST /admin/items/{slug}/on": A,
    "POST /admin/users/{user_id}/disabled": A,
    "POST /admin/users/{user_id}/end-sessions": A,
    "POST /admin/users/{user_id}/role": A,
    "POST /api/v1/admin/disputes/{dispute_id}/accept": A,
    "POST /api/v1/admin/disputes/{dispute_id}/reject": A,
    "POST /api/v1/admin/invitations": A,
    "PUT /api/v1/admin/items/{slug}/off": A,
}

SHARED = {"GET /api/v1/items/{slug}"}
"""What a path names is the same for everybody who is signed in."""

BODIES: dict[str, dict[str, Any]] = {
    "POST /interviews": {"data": {"topics": ["jwt"], "minutes": "10"}},
    "PUT /rounds/{round_id}/draft": {"json": {"text": "x", "revision": 0, "tab": "t"}},
    "POST /rounds/{round_id}/run": {"json": {"text": "x"}},
    "POST /rounds/{round_id}/design/read": {"json": {"text": "x"}},
    "POST /rounds/{round_id}/design/edit": {"json": {"text": "x", "does": "delete-node", "name": "x"}},
    "POST /rounds/{round_id}/design/run": {"json": {"text": "x"}},
    "POST /rounds/{round_id}/submit": {"data": {"source": "an answer"}},
    "POST /rounds/{round_id}/follow-up": {"data": {"source": "an answer"}},
    "POST /interviews/{interview_id}/forecast": {"data": {"skip": "1"}},
    "DELETE /api/v1/me": {"json": {"password": WORDS}},
    "POST /api/v1/interviews": {"json": {"topics": ["jwt"], "minutes": 10}},
    "PUT /api/v1/rounds/{round_id}/draft": {"json": {"text": "x", "revision": 0}},
    "POST /api/v1/rounds/{round_id}/run": {"json": {"text": "x"}},
    "POST /api/v1/rounds/{round_id}/submit": {"json": {"text": "x"}},
    "PUT /api/v1/interviews/{interview_id}/forecast": {"json": {"shares": {"jwt": 0.5}}},
    "POST /api/v1/rounds/{round_id}/self-judge": {"json": {"judgements": {"x": True}}},
    "POST /api/v1/password": {"json": {"old": WORDS, "new": "another four words"}},
    "POST /rounds/{round_id}/disputes": {"data": {"point": "x", "text": "This is wrong."}},
    "POST /api/v1/rounds/{round_id}/disputes": {"json": {"point": "x", "text": "This is wrong."}},
    "POST /api/v1/grader/score": {"json": {"item": "x", "text": "a text"}},
    "POST /account/password": {"data": {"old": WORDS, "new": "another four words"}},
    "POST /account/delete": {"data": {"password": WORDS}},
    "POST /account/training": {"data": {"given": "yes", "version": "1"}},
    "PUT /api/v1/me/training-consent": {"json": {"given": True, "version": 1}},
}


def names(site: Site) -> dict[str, Any]:
    """Every route as `METHOD /path`."""
    found: dict[str, Any] = {}
    for route in site.routes():
        if route.path is None or route.path == "/static":
            continue
        for method in getattr(route, "methods", None) or {"WEBSOCKET"}:
            if method != "HEAD":
                found[f"{method} {route.path}"] = route
    return found


@dataclass
class House:
    """What somebody owns, for others to try."""

    site: Site
    owner: Visitor
    ids: dict[str, str]

    def path(self, name: str) -> str:
        """The path of a route with the owner's ids; a parameter that has none fails."""
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda one: self.ids[one.group(1)], name.partition(" ")[2])

    async def ask(self, visitor: Visitor, name: str) -> int:
        method = name.partition(" ")[0]
        if method == "WEBSOCKET":
            return await self._open(visitor, self.path(name))
        headers = {"x-csrf-token": visitor.csrf} if visitor.opened and method in UNSAFE else {}
        answer: httpx.Response = await visitor.http.request(
            method, self.path(name), headers=headers, **BODIES.get(name, {})
        )
        return answer.status_code

    async def _open(self, visitor: Visitor, path: str) -> int:
        headers = {"authorization": f"Bearer {visitor.session.access_token}"} if visitor.opened else {}
        async with self.site.socket(path, headers) as socket:
            await socket.accepted()
            message = await socket.next()
            return 200 if message["type"] == "websocket.send" else message["code"] - 4000


@pytest.fixture(scope="module")
async def house(site: Site) -> House:
    owner = await site.user()
    interview_id, round_id = await site.interview(owner.session.user.id)
    submission_id = await site.work.interviews.submit(
        owner.session.user.id, round_id, text="an answer", token="t", now=site.clock.now()
    )
    site.app.state.channels.open(f"{round_id}/run1")
    site.app.state.channels.publish(f"{round_id}/run1", "done", {}, last=True)
    second = await site.device(owner.email)
    ids = {
        "interview_id": interview_id,
        "round_id": round_id,
        "submission_id": submission_id,
        "run_id": "run1",
        "session_id": second.session.user.session_id,
        "action": "delete",
        "slug": "x",
        "user_id": owner.session.user.id,
        "invitation_id": "x",
        "dispute_id": "x",
        "snapshot_id": "x",
    }
    return House(site, owner, ids)


async def _state(house: House) -> tuple[Any, ...]:
    """What of the owner must not be changed by others."""
    work, user_id, now = house.site.work, house.owner.session.user.id, house.site.clock.now()
    interview = await work.interviews.get(user_id, house.ids["interview_id"])
    devices = await work.accounts.sessions.devices(user_id, now)
    return interview, {one.id for one in devices}


async def test_every_route_has_a_rule_and_every_rule_a_route(site: Site) -> None:
    assert set(names(site)) == set(RULES)


async def test_every_name_in_a_path_has_an_owners_id_here(house: House) -> None:
    for name, rule in RULES.items():
        house.path(name)
        if "{" in name and name not in SHARED:
            assert rule in (Rule.owner, Rule.author, Rule.admin), name


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule is not Rule.everybody])
async def test_a_stranger_gets_401(house: House, name: str) -> None:
    before = await _state(house)

    assert await house.ask(house.site.visitor(), name) == 401
    assert await _state(house) == before


@pytest.fixture(scope="module")
async def others(site: Site) -> dict[Role, Visitor]:
    return {role: await site.user(role) for role in Role}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule is Rule.owner])
async def test_what_is_somebody_elses_is_not_there(
    house: House, others: dict[Role, Visitor], name: str, role: Role
) -> None:
    before = await _state(house)
    assert await house.ask(others[role], name) in (403, 404)
    assert await _state(house) == before


@pytest.mark.parametrize("role", [Role.candidate, Role.interviewer, Role.author])
@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule is Rule.admin] or [None])
async def test_what_is_for_admins_is_refused_to_others(
    house: House, others: dict[Role, Visitor], name: str | None, role: Role
) -> None:
    if name is not None:
        assert await house.ask(others[role], name) in (403, 404)


@pytest.mark.parametrize("role", [Role.candidate, Role.interviewer])
@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule is Rule.author])
async def test_what_is_for_authors_is_refused_to_others(
    house: House, others: dict[Role, Visitor], name: str, role: Role
) -> None:
    assert await house.ask(others[role], name) == 403


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, rule in RULES.items()
        if rule is Rule.owner
        and not name.startswith(("POST", "DELETE"))
        and "{submission_id}" not in name  # it waits for the worker, which this answer was never given to
    ],
)
async def test_control_the_owner_finds_it(house: House, name: str) -> None:
    assert await house.ask(house.owner, name) in (200, 202, 303, 409)


@pytest.mark.parametrize("way", ["list", "export", "page", "history"])
async def test_what_lists_ones_own_lists_nobody_elses(house: House, others: dict[Role, Visitor], way: str) -> None:
    path = {"list": "/api/v1/sessions", "export": "/api/v1/me/export", "page": "/account", "history": "/history"}[way]
    mine, theirs = await house.owner.http.get(path), await others[Role.admin].http.get(path)
    assert (mine.status_code, theirs.status_code) == (200, 200)
    for secret in (house.ids["session_id"], house.ids["interview_id"], house.owner.email):
        assert secret.encode() not in theirs.content


# Mass assignment


EXTRA: dict[str, Any] = {
    "role": "admin", "id": "x", "user_id": "x", "disabled_at": None, "is_admin": True, "password_hash": "x",
    "created_at": "2026-01-01T00:00:00Z", "session_id": "x", "sub": "x", "__proto__": {}, "": 1,
}  # fmt: skip


def _models(site: Site) -> dict[str, type[BaseModel]]:
    """The JSON body of every route that takes one."""
    found = {}
    for name, route in names(site).items():
        field = getattr(route.original_route, "body_field", None)
        kind = getattr(getattr(field, "field_info", None), "annotation", None)
        if isinstance(kind, type) and issubclass(kind, BaseModel) and not kind.__name__.startswith("Body_"):
            found[name] = kind  # those are forms, whose further fields nobody reads
    return found


GOOD: dict[str, dict[str, Any]] = {
    "POST /api/v1/login": {"email": "nobody@example.org", "password": WORDS},
    "POST /api/v1/register": {"email": "mass@example.org", "name": "M", "password": WORDS},
    "POST /api/v1/password/forgot": {"email": "nobody@example.org"},
    "POST /api/v1/password/reset": {"link": "x", "password": WORDS},
    "POST /api/v1/password": {"old": "not it", "new": "another four words"},
    "DELETE /api/v1/me": {"password": "not it"},
    "PUT /api/v1/me/training-consent": {"given": True, "version": 1},
    "PUT /rounds/{round_id}/draft": {"text": "x", "revision": 0, "tab": "t"},
    "POST /rounds/{round_id}/run": {"text": "x"},
    "POST /rounds/{round_id}/design/read": {"text": "x"},
    "POST /rounds/{round_id}/design/edit": {"text": "x", "does": "delete-node", "name": "x"},
    "POST /rounds/{round_id}/design/run": {"text": "x"},
    "POST /api/v1/interviews": {"topics": ["jwt"], "minutes": 10},
    "PUT /api/v1/interviews/{interview_id}/forecast": {"shares": {"jwt": 0.5}},
    "POST /api/v1/rounds/{round_id}/self-judge": {"judgements": {"x": True}},
    "PUT /api/v1/rounds/{round_id}/draft": {"text": "x", "revision": 0},
    "POST /api/v1/rounds/{round_id}/run": {"text": "x"},
    "POST /api/v1/rounds/{round_id}/submit": {"text": "x"},
    "POST /api/v1/rounds/{round_id}/disputes": {"point": "x", "text": "This is wrong."},
    "POST /api/v1/grader/score": {"item": "x", "text": "a text"},
    "PUT /api/v1/admin/items/{slug}/off": {"reason": "It is unclear."},
    "POST /api/v1/admin/disputes/{dispute_id}/accept": {"state": "present", "points": 1, "text": "You are right."},
    "POST /api/v1/admin/disputes/{dispute_id}/reject": {"text": "It is as it is."},
    "PATCH /api/v1/admin/users/{user_id}": {"role": "author"},
    "POST /api/v1/admin/invitations": {"role": "candidate"},
}

BELONGS = {("PATCH /api/v1/admin/users/{user_id}", "role"), ("POST /api/v1/admin/invitations", "role")}
"""What is asked for, of the fields that are tried."""


async def test_every_input_has_a_row_here_and_forbids_what_it_does_not_know(site: Site) -> None:
    models = _models(site)
    assert set(models) == set(GOOD)
    for name, kind in models.items():
        assert kind.model_config.get("extra") == "forbid", name


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name in GOOD for field in EXTRA if (name, field) not in BELONGS]
)
async def test_a_field_that_is_not_asked_for_is_refused(
    house: House, others: dict[Role, Visitor], name: str, field: str
) -> None:
    visitor = others[Role.admin] if RULES[name] is Rule.admin else house.owner
    headers = {"x-csrf-token": visitor.csrf}
    body = {**GOOD[name], field: EXTRA[field]}
    answer = await visitor.http.request(name.partition(" ")[0], house.path(name), json=body, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", GOOD)
async def test_control_the_same_without_it_is_understood(house: House, others: dict[Role, Visitor], name: str) -> None:
    visitor = others[Role.admin] if RULES[name] is Rule.admin else await house.site.device(house.owner.email)
    headers = {"x-csrf-token": visitor.csrf}
    answer = await visitor.http.request(name.partition(" ")[0], house.path(name), json=GOOD[name], headers=headers)
    assert answer.status_code != 422, answer.text


async def test_a_form_that_brings_more_gets_no_more(site: Site) -> None:
    form = {"email": "form@example.org", "name": "F", "password": WORDS, **{k: str(v) for k, v in EXTRA.items() if k}}
    assert (await site.visitor().http.post("/register", data=form)).status_code == 200
    someone = await site.device("form@example.org")
    assert (await someone.http.get("/api/v1/me")).json()["role"] == "candidate"
