"""What is refused before any route sees it, and the headers that every answer has."""

from __future__ import annotations

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


APP = Starlette(
    routes=[Route("/", echo, methods=["GET", "POST"])],
    middleware=[
        Middleware(KnownHosts, hosts={"127.0.0.1", "localhost", "::1"}),
        Middleware(SecurityHeaders),
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


async def test_every_answer_has_a_policy_with_a_fresh_nonce() -> None:
    async with client() as http:
        first, second = [(await http.get("/")).headers["content-security-policy"] for _ in range(2)]
    assert first != second
    assert "default-src 'none'" in first
    assert "frame-ancestors 'none'" in first
    assert "unsafe-eval" not in first
    directives = {part.split()[0]: part.split()[1:] for part in first.split(";")}
    assert [name for name, values in directives.items() if "'unsafe-inline'" in values] == ["style-src-attr"]
    script = next(part for part in first.split(";") if "script-src" in part)
    assert script.split() == ["script-src", "'self'"]
