"""The API for candidates: items, interviews, rounds; problems; paging; entity tags; the description."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2 as httpx
import pytest
from tests.interview.test_service import decide
from tests.web.api_site import Site, open_site

from greenroom.accounts.rules import Role
from greenroom.bank.findings import State
from greenroom.bank.models import Item, Kind
from greenroom.web.api.description import operations

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_site(tmp_path_factory.mktemp("data")) as opened:
        yield opened


@pytest.fixture
def document(site: Site) -> dict[str, Any]:
    return site.app.openapi()


async def test_items_are_paged_by_slug_and_filtered(site: Site) -> None:
    someone = await site.member()
    every = sorted(item.slug for item in site.work.catalogue.items)
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = (await someone.get("/api/v1/items", params={"after": after, "limit": 50})).json()
        seen += [one["slug"] for one in page["items"]]
        after = page["next"]
    assert seen == every
    filtered = (await someone.get("/api/v1/items", params={"topic": "jwt", "kind": "concept", "limit": 100})).json()
    assert {(one["topic"], one["kind"]) for one in filtered["items"]} == {("jwt", "concept")}
    assert filtered["next"] is None


@pytest.mark.parametrize("path", ["/api/v1/items", "/api/v1/items/why-stateless"])
async def test_items_are_not_for_strangers(site: Site, path: str) -> None:
    async with site.visitor(authorization="Bearer nonsense") as stranger:
        answer = await stranger.get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_an_item_has_an_entity_tag_and_is_not_sent_twice(site: Site) -> None:
    someone = await site.member()
    slug = site.work.catalogue.items[0].slug
    for path in ("/api/v1/items", f"/api/v1/items/{slug}"):
        first = await someone.get(path)
        tag = first.headers["etag"]
        assert tag.startswith('"')
        for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            again = await someone.get(path, headers={"if-none-match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert (await someone.get(path, headers={"if-none-match": '"other"'})).content == first.content


async def test_the_shelf_answers_as_the_route_does(site: Site) -> None:
    someone = await site.member()
    slug = site.work.catalogue.items[0].slug
    from_shelf = await someone.get(f"/api/v1/items/{slug}")
    from_route = await someone.get(f"/api/v1/items/{slug}", headers={"x-server-timing": "1"})
    assert from_shelf.content == from_route.content
    assert sorted(from_shelf.headers.items()) == sorted(from_route.headers.items())
    assert set(from_shelf.json()) == {"slug", "title", "kind", "topic", "minutes", "prompt"}


async def test_a_session_that_was_ended_reads_no_item_either(site: Site) -> None:
    someone = await site.member()
    path = f"/api/v1/items/{site.work.catalogue.items[0].slug}"
    assert (await someone.get(path)).status_code == 200
    assert (await someone.post("/api/v1/logout")).status_code == 204
    assert (await someone.get(path)).status_code == 401


async def test_an_interview_from_plan_to_report(site: Site) -> None:
    someone = await site.member()
    made = await someone.post("/api/v1/interviews", json={"topics": ["jwt"], "minutes": 10})
    assert made.status_code == 201
    path = made.headers["location"]
    assert [one["title"] for one in made.json()["rounds"]] == [None] * len(made.json()["rounds"])
    begun = (await someone.post(f"{path}/begin")).json()
    round_path = f"/api/v1/rounds/{begun['current']}"
    asked = (await someone.get(round_path)).json()
    assert asked["step"] == "answer"
    assert asked["question"]["prompt"]
    assert (await someone.put(f"{round_path}/draft", json={"text": "a word", "revision": 0})).json()["revision"] == 1
    newer = await someone.put(f"{round_path}/draft", json={"text": "another", "revision": 0})
    assert newer.status_code == 409
    assert newer.json()["newer"]["text"] == "a word"
    not_asked = await someone.put(f"{round_path}/draft", json={"text": "x", "revision": 0, "point": "none"})
    assert (not_asked.status_code, not_asked.json().get("newer")) == (409, None)
    early = (await someone.get(f"{path}/report")).json()["rounds"]
    assert [one["item"] for one in early] == [asked["item"]]
    hint = (await someone.post(f"{round_path}/hints")).json()
    assert len(hint["hints_taken"]) == 1
    assert (await someone.post(f"{path}/pause")).json()["state"] == "paused"
    assert (await someone.post(f"{round_path}/skip")).json()["step"] == "done"
    assert (await someone.post(f"{path}/finish")).json()["state"] == "finished"
    report = (await someone.get(f"{path}/report")).json()
    assert report["interview"]["state"] == "finished"
    listed = (await someone.get("/api/v1/interviews")).json()
    assert [one["id"] for one in listed["interviews"]] == [made.json()["id"]]
    assert (await someone.delete(path)).status_code == 204
    assert (await someone.get(path)).status_code == 404


async def test_a_forecast_is_made_before_the_first_round(site: Site) -> None:
    someone = await site.member()
    made = (await someone.post("/api/v1/interviews", json={"topics": ["jwt"], "minutes": 10})).json()
    path = f"/api/v1/interviews/{made['id']}"
    assert made["forecast"] is None
    told = await someone.put(f"{path}/forecast", json={"shares": {"jwt": 0.7}})
    assert (told.status_code, told.json()["forecast"]) == (200, {"jwt": 0.7})
    for shares in ({}, {"jwt": 1.5}, {"jwt": -0.1}, {"jwt": "much"}, {"cobol": 0.5}, {"dsa": 0.5}):
        refused = await someone.put(f"{path}/forecast", json={"shares": shares})
        assert (refused.status_code, bool(refused.json()["mend"])) == (422, True), shares
    assert (await someone.get(path)).json()["forecast"] == {"jwt": 0.7}
    assert (await someone.post(f"{path}/begin")).status_code == 200
    assert (await someone.put(f"{path}/forecast", json={"shares": {"jwt": 0.1}})).status_code == 409


async def _round_of(site: Site, someone: httpx.AsyncClient, kind: Kind) -> tuple[str, str, Item]:
    """A round that has begun with an item of that kind: its user's id, its id, and the item."""
    item = next(one for one in site.work.catalogue.items if one.kind is kind)
    user_id = str((await someone.get("/api/v1/me")).json()["id"])
    made = await site.work.interviews.create_with(user_id, [item], now=site.work.clock.now())
    begun = (await someone.post(f"/api/v1/interviews/{made.id}/begin")).json()
    return user_id, str(begun["current"]), item


async def _answered(site: Site, user_id: str, round_id: str, states: dict[str, State], verdict: str | None) -> None:
    work = site.work
    submission = await work.interviews.submit(user_id, round_id, text="words", token="t", now=work.clock.now())
    await decide(work.interviews, submission, states, verdict, claims=work.claims)


async def test_code_that_is_not_right_is_left_as_it_is(site: Site) -> None:
    someone = await site.member()
    user_id, round_id, item = await _round_of(site, someone, Kind.code)
    path = f"/api/v1/rounds/{round_id}/close"
    early = await someone.post(path)
    assert (early.status_code, bool(early.json()["mend"])) == (409, True)
    await _answered(site, user_id, round_id, {one.id: State.missed for one in item.head.rubric}, "wrong-answer")
    assert (await someone.get(f"/api/v1/rounds/{round_id}")).json()["step"] == "answer"
    closed = await someone.post(path)
    assert closed.status_code == 200
    assert closed.json()["step"] in ("follow-up", "finish", "done")
    assert (await someone.post(path)).status_code == 409


async def test_what_is_unsure_is_decided_by_the_candidate(site: Site) -> None:
    someone = await site.member()
    user_id, round_id, item = await _round_of(site, someone, Kind.concept)
    first, second, *_ = points = [one.id for one in item.head.rubric]
    states = dict.fromkeys(points, State.absent) | {first: State.unsure, second: State.unsure}
    await _answered(site, user_id, round_id, states, None)
    path = f"/api/v1/rounds/{round_id}"
    asked = (await someone.get(path)).json()
    assert [one["key"] for one in asked["unsure"]] == [first, second]
    for judgements, status in (({}, 422), ({"nothing": True}, 409), ({first: "perhaps"}, 422)):
        refused = await someone.post(f"{path}/self-judge", json={"judgements": judgements})
        assert refused.status_code == status, judgements
    told = (await someone.post(f"{path}/self-judge", json={"judgements": {first: True}})).json()
    assert [one["key"] for one in told["unsure"]] == [second]
    told = (await someone.post(f"{path}/self-judge", json={"judgements": {second: False}})).json()
    assert told["unsure"] == []
    assert (await someone.post(f"{path}/self-judge", json={"judgements": {second: True}})).status_code == 409
    for _ in range(3):  # follow-ups first
        told = (await someone.post(f"{path}/skip")).json()
    findings = {one["point"]: one for one in told["findings"]}
    assert (findings[first]["earned"], findings[first]["self_judged"]) == (1.0, True)
    assert (findings[second]["earned"], findings[second]["self_judged"]) == (0.0, True)


async def test_an_admin_leaves_their_own_dispute_to_another(site: Site) -> None:
    own, other = await site.member(Role.admin), await site.member(Role.admin)
    user_id, round_id, item = await _round_of(site, own, Kind.concept)
    points = [one.id for one in item.head.rubric]
    await _answered(site, user_id, round_id, dict.fromkeys(points, State.absent), None)
    for _ in range(3):
        await own.post(f"/api/v1/rounds/{round_id}/skip")
    body = {"point": points[0], "text": "I said so."}
    made = (await own.post(f"/api/v1/rounds/{round_id}/disputes", json=body)).json()["id"]

    async def page(someone: httpx.AsyncClient) -> str:
        async with site.visitor(authorization=someone.headers["authorization"], accept="text/html") as reader:
            return (await reader.get(f"/admin/disputes/{made}")).text

    assert "This dispute is your own, so another admin decides it." in await page(own)
    assert "<button>Reject</button>" not in await page(own)
    assert "<button>Reject</button>" in await page(other)
    path, decision = f"/api/v1/admin/disputes/{made}", {"text": "It is as it is."}
    for call, given in (("reject", decision), ("accept", decision | {"state": "present", "points": 1})):
        refused = await own.post(f"{path}/{call}", json=given)
        assert (refused.status_code, refused.json()["mend"]) == (409, "ask another admin to decide it")
    assert (await other.post(f"{path}/reject", json=decision)).json()["state"] == "rejected"


async def test_who_one_is_is_told_alike_by_the_short_way_and_the_long_one(site: Site) -> None:
    someone = await site.member()
    short = await someone.get("/api/v1/me")
    long = await someone.get("/api/v1/me", headers={"x-server-timing": "1"})
    assert short.status_code == long.status_code == 200
    assert short.content == long.content
    assert sorted(short.headers.items()) == sorted(long.headers.items())
    assert (await site.visitor().get("/api/v1/me")).status_code == 401


async def test_interviews_are_paged_newest_first(site: Site) -> None:
    someone = await site.member()
    made = [(await someone.post("/api/v1/interviews", json={"topics": ["dsa"]})).json()["id"] for _ in range(3)]
    first = (await someone.get("/api/v1/interviews", params={"limit": 2})).json()
    rest = (await someone.get("/api/v1/interviews", params={"limit": 2, "after": first["next"]})).json()
    assert [one["id"] for one in first["interviews"] + rest["interviews"]] == made[::-1]
    assert rest["next"] is None


async def test_what_is_anothers_is_not_there(site: Site) -> None:
    owner, other = await site.member(), await site.member()
    made = (await owner.post("/api/v1/interviews", json={"topics": ["jwt"], "minutes": 10})).json()
    current = (await owner.post(f"/api/v1/interviews/{made['id']}/begin")).json()["current"]
    calls = [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/begin"),
        ("POST", "/pause"),
        ("POST", "/finish"),
        ("GET", "/report"),
        ("PUT", "/forecast"),
    ]
    for method, rest in calls:
        forecast = {"shares": {"jwt": 0.5}} if rest == "/forecast" else None
        assert (await other.request(method, f"/api/v1/interviews/{made['id']}{rest}", json=forecast)).status_code == 404
    bodies: dict[str, Any] = {
        "/draft": {"text": "x", "revision": 0}, "/run": {"text": "x"}, "/submit": {"text": "x"}, "/hints": None,
        "/skip": None, "": None, "/close": None, "/self-judge": {"judgements": {"x": True}},
    }  # fmt: skip
    for rest, body in bodies.items():
        method = {"": "GET", "/draft": "PUT"}.get(rest, "POST")
        answer = await other.request(method, f"/api/v1/rounds/{current}{rest}", json=body)
        assert answer.status_code == 404, rest
    assert (await other.delete(f"/api/v1/interviews/{made['id']}")).status_code == 404
    assert (await owner.get(f"/api/v1/rounds/{current}")).json()["draft"]["revision"] == 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/api/nowhere", 404),
        ("GET", "/api/v1/items/no-such-item", 404),
        ("PATCH", "/api/v1/me", 405),
        ("GET", "/api/v1/items?limit=0", 422),
        ("GET", "/api/v1/items/NO", 422),
    ],
)
async def test_errors_are_problems_even_for_a_browser(site: Site, method: str, path: str, status: int) -> None:
    someone = await site.member()
    answer = await someone.request(method, path, headers={"accept": "text/html"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


async def test_a_wrong_method_is_told_every_right_one(site: Site) -> None:
    someone = await site.member()
    assert (await someone.patch("/api/v1/me")).headers["allow"] == "DELETE, GET"


@pytest.mark.parametrize(
    "body",
    [{"topics": []}, {"topics": ["jwt"], "user_id": "me"}, {"topics": ["cobol"]}, {"topics": ["jwt"], "minutes": 0}],
)
async def test_unknown_names_and_values_are_refused(site: Site, body: dict[str, Any]) -> None:
    someone = await site.member()
    assert (await someone.post("/api/v1/interviews", json=body)).status_code == 422


def test_every_operation_says_what_it_may_answer(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        said, name = set(operation["responses"]), operation["operationId"]
        assert {"400", "413", "421", "431", "500", "507"} <= said, name
        takes_input = "requestBody" in operation or operation.get("parameters")
        assert ("422" in said) == bool(takes_input), name
        people = "/admin/users" in path or "/admin/invitations" in path  # which solo mode has not
        assert ("404" in said) == ("{" in path or people), name
        if "security" in operation:
            assert "401" in said, name
            assert ("403" in said) == (method != "get" or "/admin/" in path), name
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert set(answer["content"]) == {"application/problem+json"}, (name, status)


def test_operations_are_named_and_inputs_are_closed(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    assert all(name.replace("_", "").isalpha() and not name.startswith("api") for name in names)
    schemas = document["components"]["schemas"]
    for _, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            found = schemas[content["schema"]["$ref"].rpartition("/")[2]]
            assert found["additionalProperties"] is False, operation["operationId"]
    assert set(document["components"]["securitySchemes"]) == {"bearer", "cookie"}


def test_every_route_of_the_api_is_described_and_can_be_timed(site: Site, document: dict[str, Any]) -> None:
    from fastapi.routing import APIWebSocketRoute, iter_route_contexts

    from greenroom.web.timing import TimedRoute

    described = {(method.upper(), path) for method, path, _ in operations(document)}
    for route in iter_route_contexts(site.app.routes):
        if isinstance(route.original_route, APIWebSocketRoute):
            continue
        if route.path and route.path.startswith("/api/") and not route.path.endswith("openapi.json"):
            assert isinstance(route.original_route, TimedRoute), route.path
            assert {(method, route.path) for method in route.methods or ()} <= described
