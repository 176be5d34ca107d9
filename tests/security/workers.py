"""Two worker processes on one PostgreSQL and one Valkey, both real, with a clock that is moved by hand.

`GREENROOM_TEST_SITE=workers` has the tests of tokens, sessions and web ask them, in turn, instead of an application in
the tests' own process. Each worker listens on a port of its own, so that a test knows which one it asks.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2 as httpx
import pytest

from greenroom.kernel.clock import ManualClock
from tests.postgresql import Postgres
from tests.security.worker import CLOCK
from tests.valkey import valkey_server

WANTED = os.environ.get("GREENROOM_TEST_SITE") == "workers"
_VALKEY_DATABASES = 16


class SharedClock(ManualClock):
    """A clock that the workers read too: it stands in a file."""

    def __init__(self, path: Path, start: datetime) -> None:
        super().__init__(start)
        self.path = path
        self.set(start)

    def set(self, moment: datetime) -> None:
        """Go to *moment*, also backwards."""
        self._now = moment
        new = self.path.with_suffix(".new")
        new.write_text(moment.isoformat(), encoding="ascii")
        new.replace(self.path)

    def advance(self, seconds: float) -> None:
        self.set(self._now + timedelta(seconds=seconds))


class _Ground:
    """The PostgreSQL and the Valkey of this session, started when they are first wanted."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        self._postgres: Postgres | None = None
        self._valkey = ""
        self._numbers = itertools.count()

    def settings(self) -> dict[str, Any]:
        """A database with the newest schema and a part of the Valkey, for one server."""
        if self._postgres is None:
            self._postgres = self._opened.enter_context(Postgres())
            self._valkey = self._opened.enter_context(valkey_server()).rstrip("/")
        number = next(self._numbers) % _VALKEY_DATABASES
        database = self._postgres.new_migrated_database()
        return {"database_url": database, "redis_url": f"{self._valkey}/{number}", "workers": 2}

    def close(self) -> None:
        self._opened.close()


GROUND = _Ground()


class Pair:
    """The two processes, with *settings* named as in `Settings`; `ports` are theirs."""

    def __init__(self, folder: Path, clock: SharedClock, **settings: Any) -> None:
        self._folder, self._clock, self._settings = folder, clock, settings
        self._turns = itertools.count()
        self._processes: list[subprocess.Popen[bytes]] = []
        self.ports: list[int] = []

    def __enter__(self) -> Self:
        given = {"DATA_DIR": self._folder, "LOG_LEVEL": "warning"} | {
            name.upper(): value if isinstance(value, str) else json.dumps(value)
            for name, value in self._settings.items()
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GREENROOM_")}
        environment = kept | {f"GREENROOM_{name}": str(value) for name, value in given.items()}
        environment |= {CLOCK: str(self._clock.path), "PYTHONPATH": os.pathsep.join(sys.path)}
        try:
            for _ in range(2):
                self._start(environment)
            for one in self._processes:
                assert one.stdout is not None
                assert one.stdout.readline() == b"ready\n", self.said()
        except BaseException:
            self._end()
            raise
        return self

    def _start(self, environment: dict[str, str]) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=128) as listener, self._log.open("ab") as log:
            listener.setblocking(False)
            command = [sys.executable, "-m", "tests.security.worker", str(listener.fileno())]
            fds = (listener.fileno(),)
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, pass_fds=fds, env=environment
            )
            self._processes.append(process)
            self.ports.append(listener.getsockname()[1])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        for one in self._processes:
            one.send_signal(signal.SIGTERM)
        for one in self._processes:
            try:
                one.wait(30)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait(10)
            for pipe in (one.stdin, one.stdout):
                if pipe is not None:
                    pipe.close()

    @property
    def _log(self) -> Path:
        return self._folder / "workers.log"

    def said(self) -> str:
        """What the workers have logged."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def next_port(self) -> int:
        """The port of the one whose turn it is."""
        return self.ports[next(self._turns) % len(self.ports)]


def connections() -> httpx.AsyncHTTPTransport:
    """Connections to both, for all visitors; an idle one is closed here before the server would close it."""
    return httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=500, keepalive_expiry=2.0))


class InTurn(httpx.AsyncBaseTransport):
    """Takes each request to the next worker, as a proxy does which writes down that it came from *address*."""

    def __init__(self, pair: Pair, sending: httpx.AsyncHTTPTransport, address: str) -> None:
        self._pair, self._sending, self._address = pair, sending, address

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if any(value != value.strip() for value in request.headers.values()):
            pytest.skip("no client can send white space around a header's value")
        port = self._pair.next_port()
        return await self._sending.handle_async_request(
            httpx.Request(
                request.method,
                request.url.copy_with(scheme="http", host="127.0.0.1", port=port),
                headers=forwarded(request.headers, self._address),
                stream=request.stream,
                extensions=request.extensions,
            )
        )


def forwarded(headers: httpx.Headers, address: str) -> httpx.Headers:
    """*headers* as our proxy sends them on."""
    sent = httpx.Headers(headers)
    said = [*sent.get_list("x-forwarded-for"), *([address] if address else [])]
    sent.pop("x-forwarded-for", None)
    if said:
        sent["x-forwarded-for"] = ", ".join(said)
    sent["x-forwarded-proto"] = "https"
    return sent
