"""The short way through a route: it answers to the letter as FastAPI's own way, and runs nothing twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx2 as httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware import Middleware

from greenroom.web import errors
from greenroom.web.middleware import RequestLimits, SecurityHeaders
from greenroom.web.timing import TimedRoute

pytestmark = pytest.mark.anyio
CALLS: list[str] = []


class Given(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=20)]
    number: int = 1


class Told(BaseModel):
    text: str = Field(serialization_alias="said")
    number: int
    who: str


async def who(request: Request) -> str:
    CALLS.append("who")
    if "authorization" not in request.headers:
        raise HTTPException(401, "nobody")
    return request.headers["authorization"]


async def again(request: Request, found: Annotated[str, Depends(who)]) -> str:
    CALLS.append("again")
    request.state.again = found
    return found * 2


async def checked(request: Request, found: Annotated[str, Depends(who)]) -> None:
    CALLS.append("checked")
    if found == "refused":
        raise HTTPException(403, "refused")
    assert not await request.form()  # what is JSON is no form


router = APIRouter(route_class=TimedRoute)


@router.post("/told", dependencies=[Depends(checked)], status_code=201)
async def tell(request: Request, given: Given, double: Annotated[str, Depends(again)]) -> Told:
    CALLS.append("short" if "fastapi_inner_astack" not in request.scope else "whole")
    return Told(text=given.text, number=given.number, who=f"{double} {request.state.again}")


@router.post("/other", response_model=Told)
async def answer_otherwise(given: Given, request: Request) -> Any:
    CALLS.append("short" if "fastapi_inner_astack" not in request.scope else "whole")
    if given.text == "response":
        return Response("as it is", media_type="text/plain")
    return {"text": given.text, "number": "7", "who": "a dictionary"}


@router.get("/asked")
async def ask(request: Request, agent: Annotated[str, Header(alias="user-agent")]) -> Told:
    CALLS.append("short" if "fastapi_inner_astack" not in request.scope else "whole")
    return Told(text=agent, number=0, who="")


def site(*, included: bool) -> httpx.AsyncClient:
    """Routes that are included go FastAPI's way, the application's own ones the short one."""
    app = FastAPI(middleware=[Middleware(SecurityHeaders), Middleware(RequestLimits)])
    errors.install(app)
    if included:
        app.include_router(router)
    else:
        app.router.routes.extend(router.routes)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x")


@pytest.fixture
async def short() -> AsyncIterator[httpx.AsyncClient]:
    async with site(included=False) as client:
        yield client


@pytest.fixture
async def whole() -> AsyncIterator[httpx.AsyncClient]:
    async with site(included=True) as client:
        yield client


async def asked(client: httpx.AsyncClient, path: str, **request: Any) -> tuple[Any, ...]:
    """What is answered, and what was run for it, without the way that was taken."""
    CALLS.clear()
    answer = await client.post(path, **request)
    ran = [one for one in CALLS if one not in ("short", "whole")]
    return answer.status_code, answer.content, sorted(answer.headers.items()), ran


BODIES = [
    b'{"text": "one"}',
    b' {"text": "\xc3\xa9", "number": "3"}\n',
    b'{"text": "one", "text": "two"}',
    b'{"text": "\\ud800"}',
    b'{"text": "much too long to be taken here"}',
    b'{"text": 1}',
    b'{"text": "one", "more": 1}',
    b'{"text": "one"',
    b"{}",
    b"[]",
    b"null",
    b"",
    b"\xff\xfe",
    '{"text": "one"}'.encode("utf-16"),
    b'\xef\xbb\xbf{"text": "one"}',
    b'{"text": "one", "number": NaN}',
    b'{"text": "one", "number": 1e400}',
]
KINDS = ["application/json", "application/json; charset=utf-8", "application/vnd.x+json", "text/plain", None]


@pytest.mark.parametrize("authorization", ["me", "refused", None])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", BODIES)
async def test_both_ways_answer_alike(
    short: httpx.AsyncClient, whole: httpx.AsyncClient, body: bytes, kind: str | None, authorization: str | None
) -> None:
    headers = {"content-type": kind, "authorization": authorization}
    request = {"content": body, "headers": {name: value for name, value in headers.items() if value}}
    found = await asked(short, "/told", **request)
    assert found == await asked(whole, "/told", **request)
    assert len(found[-1]) == len(set(found[-1])), "something was run twice"


async def test_the_short_way_is_taken_where_nothing_is_in_its_way(
    short: httpx.AsyncClient, whole: httpx.AsyncClient
) -> None:
    for client, way in ((short, "short"), (whole, "whole")):
        CALLS.clear()
        answer = await client.post("/told", json={"text": "one"}, headers={"authorization": "me"})
        assert (answer.status_code, answer.json()) == (201, {"said": "one", "number": 1, "who": "meme me"})
        assert ["who", "checked", "again", way] == CALLS


@pytest.mark.parametrize("text", ["response", "dictionary"])
async def test_what_is_no_model_is_sent_as_fastapi_sends_it(
    short: httpx.AsyncClient, whole: httpx.AsyncClient, text: str
) -> None:
    found = await asked(short, "/other", json={"text": text})
    assert CALLS == ["short"]
    assert found == await asked(whole, "/other", json={"text": text})
    assert found[0] == 200


async def test_a_route_with_parameters_goes_fastapis_way(short: httpx.AsyncClient) -> None:
    CALLS.clear()
    assert (await short.get("/asked", headers={"user-agent": "me"})).json()["said"] == "me"
    assert CALLS == ["whole"]
