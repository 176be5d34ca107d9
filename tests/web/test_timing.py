"""`Server-Timing`: each stage has the time that was spent in it, and only an admin is told."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Annotated, Any

import anyio
import httpx2 as httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel, field_serializer, field_validator
from starlette.middleware import Middleware

from greenroom.web.middleware import SecurityHeaders
from greenroom.web.timing import STAGES, TimedRoute

pytestmark = pytest.mark.anyio
LONG_S = 0.2
SLOW = dict.fromkeys(STAGES, False)


class Given(BaseModel):
    value: int

    @field_validator("value")
    @classmethod
    def _slowly(cls, value: int) -> int:
        time.sleep(LONG_S * SLOW["validation"])
        return value


class Told(BaseModel):
    value: int

    @field_serializer("value")
    def _slowly(self, value: int) -> int:
        time.sleep(LONG_S * SLOW["serialisation"])
        return value


async def who(request: Request) -> str:
    request.state.user = SimpleNamespace(role=SimpleNamespace(value=request.headers["role"]))
    await anyio.sleep(LONG_S * SLOW["dependencies"])
    return "somebody"


async def twice(found: Annotated[str, Depends(who)]) -> str:
    return found


class Slowly:
    """What finds the route is slow."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await anyio.sleep(LONG_S * SLOW["routing"])
        await self.app(scope, receive, send)


router = APIRouter(route_class=TimedRoute)


@router.post("/{number}")
async def work(
    number: int, given: Given, _found: Annotated[str, Depends(who)], _again: Annotated[str, Depends(twice)]
) -> Told:
    await anyio.sleep(LONG_S * SLOW["endpoint"])
    return Told(value=given.value + number)


def application(*, included: bool) -> FastAPI:
    app = FastAPI(middleware=[Middleware(SecurityHeaders), Middleware(Slowly)])
    if included:
        app.include_router(router, prefix="/in")
    else:
        app.router.routes.extend(router.routes)
    return app


@pytest.fixture(params=[True, False], ids=["included", "own"])
async def http(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    base = "http://x/in" if request.param else "http://x"
    transport = httpx.ASGITransport(application(included=request.param))
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        yield client


@pytest.mark.parametrize("stage", STAGES)
async def test_a_slow_stage_shows_in_its_own_place(
    http: httpx.AsyncClient, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SLOW, stage, True)
    answer = await http.post("/1", json={"value": 2}, headers={"x-server-timing": "1", "role": "admin"})
    assert answer.json() == {"value": 3}
    spent = {
        name: float(duration.removeprefix("dur=")) / 1000
        for name, duration in (part.split(";") for part in answer.headers["server-timing"].split(", "))
    }
    assert list(spent) == [*STAGES, "total"]
    assert max(STAGES, key=lambda name: spent[name]) == stage
    assert spent[stage] >= LONG_S * 0.99
    assert sum(spent[name] for name in STAGES) <= spent["total"]


@pytest.mark.parametrize(
    "headers", [{"role": "candidate", "x-server-timing": "1"}, {"role": "admin"}], ids=["not he", "not asked"]
)
async def test_nobody_else_is_told(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await http.post("/1", json={"value": 2}, headers=headers)
    assert answer.status_code == 200
    assert "server-timing" not in answer.headers
