"""What is refused before any route sees it, and the headers that every answer has."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from greenroom.web.middleware import KnownHosts, RequestLimits, SecurityHeaders

pytestmark = pytest.mark.anyio


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def page(request: Request) -> PlainTextResponse:
    nonce = secrets.token_urlsafe(16)
    request.state.csp_nonce = nonce
    return PlainTextResponse(nonce)


APP = Starlette(
    routes=[Route("/", echo, methods=["GET", "POST"]), Route("/page", page)],
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(KnownHosts, hosts={"127.0.0.1", "localhost", "::1"}),
        Middleware(RequestLimits, limit=1000),
    ],
)


def client(base: str = "http://127.0.0.1:8477") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url=base)


@pytest.mark.parametrize("base", ["http://localhost:1", "http://127.0.0.1", "http://[::1]:8477", "http://LOCALHOST"])
async def test_own_names_are_answered(base: str) -> None:
    async with client(base) as http:
        assert (await http.get("/")).status_code == 200


@pytest.mark.parametrize("base", ["http://evil.example", "http://127.0.0.1.evil.example", "http://10.0.0.1"])
async def test_foreign_names_are_refused(base: str) -> None:
    async with client(base) as http:
        assert (await http.get("/")).status_code == 421


async def test_a_declared_length_over_the_limit_is_refused_unread() -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"x"
        raise AssertionError("the body was read")

    async with client() as http:
        answer = await http.post("/", content=body(), headers={"content-length": "1000000000"})
    assert answer.status_code == 413
    assert "1,000 bytes" in answer.text


async def test_an_undeclared_flood_is_refused_at_the_limit() -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100

    async with client() as http:
        assert (await http.post("/", content=body())).status_code == 413


@pytest.mark.parametrize("length", ["-5", "abc", "1e9", ""])
async def test_a_false_length_is_refused(length: str) -> None:
    async with client() as http:
        assert (await http.post("/", content=b"", headers={"content-length": length})).status_code == 413


async def test_a_body_within_the_limit_arrives_whole() -> None:
    async with client() as http:
        assert (await http.post("/", content=b"x" * 1000)).text == "1000"


async def test_every_answer_has_a_policy() -> None:
    async with client() as http:
        first = (await http.get("/")).headers["content-security-policy"]
    assert "default-src 'none'" in first
    assert "frame-ancestors 'none'" in first
    assert "unsafe-eval" not in first
    assert "nonce" not in first
    directives = {part.split()[0]: part.split()[1:] for part in first.split(";")}
    assert [name for name, values in directives.items() if "'unsafe-inline'" in values] == ["style-src-attr"]
    assert directives["script-src"] == ["'self'"]


async def test_a_page_has_a_policy_with_a_fresh_nonce() -> None:
    async with client() as http:
        pages = [await http.get("/page") for _ in range(2)]
    policies = [page.headers.get_list("content-security-policy") for page in pages]
    assert [len(one) for one in policies] == [1, 1]
    assert policies[0] != policies[1]
    assert all(f"style-src 'self' 'nonce-{page.text}'" in one[0] for page, one in zip(pages, policies, strict=True))


@pytest.mark.parametrize(("https", "base", "sent"), [(False, "http", 0), (False, "https", 1), (True, "http", 1)])
async def test_browsers_are_told_to_stay_with_https_where_it_is_spoken(https: bool, base: str, sent: int) -> None:
    app = Starlette(routes=[Route("/", echo)], middleware=[Middleware(SecurityHeaders, https=https)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"{base}://x") as http:
        answer = await http.get("/")
    assert len(answer.headers.get_list("strict-transport-security")) == sent


async def test_too_many_or_too_large_headers_are_refused() -> None:
    async with client() as http:
        assert (await http.get("/", headers={"a": "x" * 32_000})).status_code == 200
        assert (await http.get("/", headers={"a": "x" * 33_000})).status_code == 431
        assert (await http.get("/", headers={f"h{n}": "1" for n in range(90)})).status_code == 200
        assert (await http.get("/", headers={f"h{n}": "1" for n in range(101)})).status_code == 431


DEEP = b"[" * 33 + b"]" * 33


@pytest.mark.parametrize("kind", ["application/json", "application/problem+json", "text/plain", "", None])
async def test_deeply_nested_json_is_refused_whatever_it_is_called(kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    async with client() as http:
        assert (await http.post("/", content=DEEP, headers=headers)).status_code == 400
        assert (await http.post("/", content=DEEP[1:-1], headers=headers)).status_code == 200


async def test_a_form_is_not_taken_for_json_but_below_the_api() -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    async with client() as http:
        assert (await http.post("/", content=DEEP, headers=headers)).status_code == 200
        assert (await http.post("/api/v1/x", content=DEEP, headers=headers)).status_code == 400


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [(b"x" * 2000, {}, 413), (DEEP, {}, 400), (b"", {"a": "x" * 33_000}, 431), (b"", {"host": "evil.example"}, 421)],
    ids=["413", "400", "431", "421"],
)
async def test_refusals_below_the_api_are_problems(content: bytes, headers: dict[str, str], status: int) -> None:
    async with client() as http:
        answer = await http.post("/api/v1/x", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.headers["content-security-policy"]
