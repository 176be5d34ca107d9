"""A project's ASGI application, served to the examiner.

    request {id, method, path, query, headers, credit}   body: the request's   -> {response: id, status, headers},
                                                          {response: id, more} with a part of the body, and at the end
                                                          {response: id, end} or {response: id, error}
    credit {id, parts}          so many parts of the body may be sent beyond those before
    disconnect {id}             the client is gone
    startup {id}, shutdown {id} the application's lifespan                     -> {answer: id, supported} or an error
    ping {id}                   answered by the event loop                     -> {answer: id}

A part of a body is sent once there is credit for it; until then `send` waits, as it does for a slow client.
"""

from __future__ import annotations

import asyncio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from .agent import Agent


def serve(agent: Agent, head: dict[str, Any]) -> NoReturn:
    """Serve until the examiner is gone."""
    asyncio.run(_serve(agent, head))
    raise AssertionError("the examiner ends it")


async def _serve(agent: Agent, head: dict[str, Any]) -> None:
    loop = asyncio.get_running_loop()
    service = _Service(agent)
    # What arrives while the application is imported waits for the loop.
    agent.obey = lambda head, body: loop.call_soon_threadsafe(service.obey, head, body)
    agent.answer(head, lambda: service.load(head["target"]))
    await asyncio.Event().wait()


class _Service:
    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._application: Any = None
        self._exchanges: dict[int, _Exchange] = {}
        self._lifespan: _Lifespan | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._state: dict[str, Any] = {}

    def load(self, target: str) -> None:
        self._application = self._agent.find(target)

    def obey(self, head: dict[str, Any], body: bytes) -> None:
        op = head["op"]
        if op == "request":
            exchange = _Exchange(self._agent, head, body)
            self._exchanges[head["id"]] = exchange
            self._begin(exchange.run(self._application, self._state))
        elif op == "credit" and head["id"] in self._exchanges:
            self._exchanges[head["id"]].give(head["parts"])
        elif op == "disconnect" and head["id"] in self._exchanges:
            self._exchanges[head["id"]].disconnect()
        elif op == "startup":
            self._lifespan = _Lifespan(self._agent, self._state)
            self._begin(self._lifespan.run(self._application, head))
        elif op == "shutdown" and self._lifespan is not None:
            self._lifespan.shut_down(head)
        elif op == "ping":
            self._agent.send({"answer": head["id"]})

    def _begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Exchange:
    """One request and its response."""

    def __init__(self, agent: Agent, head: dict[str, Any], body: bytes) -> None:
        self._agent, self._head, self._body = agent, head, body
        self._credit = int(head["credit"])
        self._enough = asyncio.Event()
        self._gone = asyncio.Event()
        self._taken = False
        self._ended = False

    def give(self, parts: int) -> None:
        self._credit += parts
        self._enough.set()

    def disconnect(self) -> None:
        self._gone.set()
        self._enough.set()

    async def run(self, application: Any, state: dict[str, Any]) -> None:
        head = self._head
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": head["method"],
            "scheme": "http",
            "path": head["path"],
            "raw_path": head["raw_path"].encode("ascii"),
            "query_string": head["query"].encode("ascii"),
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in head["headers"]],
            "client": ("127.0.0.1", 40000),
            "server": ("testserver", 80),
            "state": dict(state),
            "extensions": {},
        }
        try:
            await application(scope, self._receive, self._send)
        except BaseException as error:
            self._agent.send({"response": head["id"], "error": self._agent.described(error)})
            if not isinstance(error, Exception | asyncio.CancelledError):
                raise
            return
        # Raised errors are told even after a response was begun; a missing end is one as well.
        self._agent.send({"response": head["id"], "end": True, "complete": self._ended})

    async def _receive(self) -> dict[str, Any]:
        if not self._taken:
            self._taken = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, event: dict[str, Any]) -> None:
        if self._gone.is_set():
            raise OSError("the client is gone")
        if event["type"] == "http.response.start":
            headers = [
                (bytes(name).decode("latin-1"), bytes(value).decode("latin-1")) for name, value in event["headers"]
            ]
            self._agent.send({"response": self._head["id"], "status": int(event["status"]), "headers": headers})
        elif event["type"] == "http.response.body":
            await self._await_credit()
            more = bool(event.get("more_body", False))
            self._ended = not more
            self._agent.send({"response": self._head["id"], "more": more}, bytes(event.get("body", b"")))

    async def _await_credit(self) -> None:
        while self._credit <= 0:
            self._enough.clear()
            await self._enough.wait()
            if self._gone.is_set():
                raise OSError("the client is gone")
        self._credit -= 1


class _Lifespan:
    """The application's start and end, as ASGI has them."""

    def __init__(self, agent: Agent, state: dict[str, Any]) -> None:
        self._agent, self._state = agent, state
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._asked: dict[str, Any] | None = None

    async def run(self, application: Any, asked: dict[str, Any]) -> None:
        self._asked = asked
        self._events.put_nowait({"type": "lifespan.startup"})
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self._state}
        try:
            await application(scope, self._events.get, self._send)
        except Exception as error:
            if self._asked is not None:  # an application without a lifespan raises: then there is none
                self._answer(supported=False, error=self._agent.described(error))
        else:
            if self._asked is not None:
                self._answer(supported=False)

    def shut_down(self, asked: dict[str, Any]) -> None:
        self._asked = asked
        self._events.put_nowait({"type": "lifespan.shutdown"})

    async def _send(self, event: dict[str, Any]) -> None:
        if event["type"].endswith(".failed"):
            self._answer(supported=True, failed=str(event.get("message", ""))[:2000])
        else:
            self._answer(supported=True)

    def _answer(self, **said: Any) -> None:
        asked, self._asked = self._asked, None
        if asked is not None:
            self._agent.send({"answer": asked["id"], **said})
