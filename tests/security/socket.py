"""WebSocket clients: one speaks ASGI with the application in this process, one goes over the network."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx2 as httpx
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.security.workers import forwarded

PATIENCE_S = 20.0
"""For hangs, and not for speed."""


class Socket(ABC):
    """One connection; `code` is what it was closed with."""

    code: int | None = None

    @abstractmethod
    async def __aenter__(self) -> Self: ...

    @abstractmethod
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @abstractmethod
    async def receive(self) -> dict[str, Any]:
        """Wait for the next message, as ASGI writes it."""

    @abstractmethod
    async def send_raw(self, **content: Any) -> None:
        """Send `text` or `bytes`."""

    async def next(self) -> dict[str, Any]:
        """The next message."""
        message = await asyncio.wait_for(self.receive(), PATIENCE_S)
        if message["type"] == "websocket.close":
            self.code = message["code"]
        return message

    async def accepted(self) -> Self:
        message = await self.next()
        assert message["type"] == "websocket.accept", message
        return self

    async def event(self) -> dict[str, Any]:
        """The next JSON message."""
        message = await self.next()
        assert message["type"] == "websocket.send", message
        found: dict[str, Any] = json.loads(message["text"])
        return found

    async def send(self, value: Any) -> None:
        await self.send_raw(text=json.dumps(value))

    async def closed(self) -> int:
        """The close code, whatever comes before."""
        while self.code is None:
            await self.next()
        return self.code

    async def is_open(self, seconds: float = 1.2) -> bool:
        """Whether nothing comes for so long that it has looked twice."""
        try:
            await asyncio.wait_for(self.receive(), seconds)
        except TimeoutError:
            return True
        return False


class AppSocket(Socket):
    """To the application in this process."""

    def __init__(self, app: FastAPI, path: str, headers: dict[str, str], *, query: str, host: str) -> None:
        self._app, self._in, self._out = app, asyncio.Queue[Any](), asyncio.Queue[Any]()
        given = {"host": host, **headers}
        self._scope = {
            "type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "wss", "path": path,
            "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "subprotocols": [],
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "client": ("192.0.2.1", 40_000), "server": ("greenroom.test", 443), "state": {},
            "extensions": {"websocket.http.response": {}},
        }  # fmt: skip

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._app(self._scope, self._in.get, self._out.put))
        await self._in.put({"type": "websocket.connect"})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._in.put({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait_for(self._task, PATIENCE_S)

    async def receive(self) -> dict[str, Any]:
        message: dict[str, Any] = await self._out.get()
        return message

    async def send_raw(self, **content: Any) -> None:
        await self._in.put({"type": "websocket.receive", **content})


class ServerSocket(Socket):
    """To the server on *port* of this machine, as our proxy connects."""

    def __init__(self, port: int, path: str, headers: dict[str, str], *, query: str, host: str) -> None:
        self._port, self._address = port, f"ws://{host}{quote(path, safe='/%')}" + (f"?{query}" if query else "")
        self._headers = forwarded(httpx.Headers(headers), "192.0.2.1")
        self._waiting: list[dict[str, Any]] = []
        self._connection: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        try:
            self._connection = await connect(
                self._address,
                host="127.0.0.1",
                port=self._port,
                additional_headers=self._headers.multi_items(),
                compression=None,
                proxy=None,
            )
            self._waiting.append({"type": "websocket.accept"})
        except InvalidStatus as refused:
            self._waiting.append({"type": "websocket.http.response.start", "status": refused.response.status_code})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def receive(self) -> dict[str, Any]:
        if self._waiting:
            return self._waiting.pop()
        assert self._connection is not None
        try:
            return {"type": "websocket.send", "text": await self._connection.recv()}
        except ConnectionClosed:
            code, reason = self._connection.close_code, self._connection.close_reason
            return {"type": "websocket.close", "code": code, "reason": reason}

    async def send_raw(self, **content: Any) -> None:
        assert self._connection is not None
        for one in content.values():
            await self._connection.send(one)
