"""A real server under a flood of logins, and a real WebSocket to it."""

from __future__ import annotations

import asyncio
import collections
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.servers import Server

pytestmark = pytest.mark.anyio

AT_ONCE = 200
_RSS = re.compile(r"VmHWM:\s+(\d+) kB")
MOST_GROWTH_MB = 200
"""Two hashes of 19 MiB at once, and what 200 connections need; without a bound it would be near 4 GB."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {
        "MODE": "server",
        "REGISTRATION": "open",
        "LIMIT_LOGIN_ADDRESS": "",
        "LIMIT_LOGIN": "",
        "LIMIT_LOGIN_USER": "",
    }
    with Server(
        tmp_path_factory.mktemp("flood"), **{f"GREENROOM_{name}": value for name, value in settings.items()}
    ) as running:
        yield running


def _peak_mb(server: Server) -> float:
    found = _RSS.search(Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii"))
    assert found
    return int(found.group(1)) / 1024


async def test_a_flood_of_logins_takes_bounded_memory_and_is_told_when_to_come_back(server: Server) -> None:
    body = {"email": "nobody@example.org", "password": "x" * 1000}
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=server.address, timeout=120, limits=limits) as http:
        assert (await http.post("/api/v1/login", json=body)).status_code == 401
        before = _peak_mb(server)
        answers = await asyncio.gather(*(http.post("/api/v1/login", json=body) for _ in range(AT_ONCE)))
        growth = _peak_mb(server) - before
        assert (await http.get("/health")).status_code == 200
    counts = collections.Counter(one.status_code for one in answers)
    print(f"{AT_ONCE} logins at once: {dict(counts)}, {growth:.0f} MB more")
    assert set(counts) <= {401, 429, 503}
    assert counts[401] > 0
    assert growth < MOST_GROWTH_MB
    for one in answers:
        if one.status_code != 401:
            assert int(one.headers["retry-after"]) >= 1
            assert one.headers["content-type"] == "application/problem+json"


async def test_a_real_socket_is_closed_with_its_code(server: Server) -> None:
    address = server.address.replace("http", "ws", 1) + "/api/v1/rounds/x/live"
    for headers, code in (
        ({}, 4401),
        ({"Origin": "https://evil.example"}, 4403),
        ({"Authorization": "Bearer x"}, 4401),
    ):
        async with connect(address, additional_headers=headers) as socket:
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(socket.recv(), 20)
            assert socket.close_code == code
