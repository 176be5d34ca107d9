"""A WebSocket client that speaks ASGI with the application in this process."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any, Self

from fastapi import FastAPI

PATIENCE_S = 20.0
"""For hangs, and not for speed."""


class Socket:
    """One connection; `code` is what it was closed with."""

    def __init__(
        self, app: FastAPI, path: str, headers: dict[str, str], *, query: str = "", host: str = "greenroom.test"
    ) -> None:
        self._app, self._in, self._out = app, asyncio.Queue[Any](), asyncio.Queue[Any]()
        given = {"host": host, **headers}
        self._scope = {
            "type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "wss", "path": path,
            "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "subprotocols": [],
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "client": ("192.0.2.1", 40_000), "server": ("greenroom.test", 443), "state": {},
            "extensions": {"websocket.http.response": {}},
        }  # fmt: skip
        self.code: int | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._app(self._scope, self._in.get, self._out.put))
        await self._in.put({"type": "websocket.connect"})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._in.put({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait_for(self._task, PATIENCE_S)

    async def next(self) -> dict[str, Any]:
        """The next ASGI message."""
        message: dict[str, Any] = await asyncio.wait_for(self._out.get(), PATIENCE_S)
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
        await self._in.put({"type": "websocket.receive", "text": json.dumps(value)})

    async def send_raw(self, **content: Any) -> None:
        await self._in.put({"type": "websocket.receive", **content})

    async def closed(self) -> int:
        """The close code, whatever comes before."""
        while self.code is None:
            await self.next()
        return self.code

    async def is_open(self, seconds: float = 1.2) -> bool:
        """Whether nothing comes for so long that it has looked twice."""
        try:
            await asyncio.wait_for(self._out.get(), seconds)
        except TimeoutError:
            return True
        return False
