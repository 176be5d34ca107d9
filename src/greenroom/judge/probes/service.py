"""A project's ASGI application as a client sees it: requests one by one or at once, streamed bodies, lifespan."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from greenroom.judge.probes.failures import Raised, raised_of
from greenroom.judge.probes.queueing import Gate
from greenroom.judge.probes.seats import (
    PATIENCE_S,
    EndedError,
    FailedError,
    GarbledError,
    RaisedError,
    Seat,
    SlowError,
)

UNLIMITED = 1 << 30


@dataclass(eq=False)
class Exchange:
    """One request and what came back so far. `parts` are the parts of the body in order.

    Where time is virtual, `began_s` and `ended_s` are when it was sent and when its response was complete.
    """

    service: Service
    number: int
    asked: str
    status: int | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    done: bool = False
    complete: bool = False
    raised: Raised | None = None
    began_s: float | None = None
    ended_s: float | None = None

    def wait(self, patience_s: float = PATIENCE_S) -> Response:
        """The whole response. Raises RaisedError when the application raised before it began one."""
        self.service.until(lambda: self.done, patience_s)
        if self.raised is not None and self.status is None:
            raise RaisedError(self.raised, f"{self.asked} raised")
        if self.status is None:
            raise FailedError(f"{self.asked} was left without a response")
        return Response(self.asked, self.status, tuple(self.headers), b"".join(self.parts), self.raised, self.complete)

    def wait_for(self, true: Callable[[Exchange], bool], patience_s: float = PATIENCE_S) -> None:
        """Wait until *true* of what came so far."""
        self.service.until(lambda: true(self), patience_s)

    def give(self, parts: int) -> None:
        """Take so many more parts of the body than before: a slow client reads on."""
        self.service.seat.send({"op": "credit", "id": self.number, "parts": parts})

    def disconnect(self) -> None:
        """Go away, as a client does that loses patience."""
        self.service.seat.send({"op": "disconnect", "id": self.number})


@dataclass(frozen=True)
class Response:
    """A response: `raised` is what the application raised after it had begun, `complete` whether the body was ended."""

    asked: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    raised: Raised | None = None
    complete: bool = True

    def header(self, name: str) -> str | None:
        """The first header *name*, whatever its case."""
        return next((value for one, value in self.headers if one.lower() == name.lower()), None)

    def all_headers(self, name: str) -> list[str]:
        """Every header *name*: Set-Cookie may stand several times."""
        return [value for one, value in self.headers if one.lower() == name.lower()]

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises FailedError for anything else."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise FailedError(
                f"{self.asked} answered {self.status} with {self.text[:120]!r}, which is not JSON"
            ) from None

    def fields(self) -> dict[str, Any]:
        """The body as a JSON object. Raises FailedError for anything else."""
        found = self.json()
        if not isinstance(found, dict):
            raise FailedError(f"{self.asked} answered {self.status} with {self.text[:120]!r}, which is no JSON object")
        return found

    def expect(self, *statuses: int) -> Response:
        """Itself. Raises FailedError for a status that is none of *statuses*."""
        if self.status not in statuses:
            wanted = " or ".join(map(str, statuses))
            told = self.raised.told if self.raised is not None else self.text[:160]
            raise FailedError(f"{self.asked} answered {self.status}, expected {wanted}: {told}")
        return self


class Service:
    """An application that is being served in *seat*."""

    def __init__(
        self, seat: Seat, target: str, environ: Mapping[str, str], *, start: bool, waits: bool = False
    ) -> None:
        self.seat = seat
        self._gate = Gate(seat) if waits else None
        self._exchanges: dict[int, Exchange] = {}
        seat.on_response = self._respond
        self._target, self._start = target, start
        self._came_to: Service | Exception | None = None
        module = target.partition(":")[0]
        self._loading = seat.request("load", target=module, environ=dict(environ))

    def started(self) -> Service:
        """Itself, once it serves; it has begun to load when it was made. What it has asked for since is served now.

        Raises FailedError, RaisedError and what else a process may come to, the same again when it is asked again.
        """
        if self._came_to is None:
            try:
                self._load()
                self._came_to = self
            except (FailedError, RaisedError, SlowError, GarbledError, EndedError) as error:
                self._came_to = error
        if isinstance(self._came_to, Exception):
            raise self._came_to
        return self

    def _load(self) -> None:
        if self._gate is not None:
            self._gate.open()
        try:
            self.seat.wait(self._loading, during="your app did not start")
            self.seat.ask("serve", target=self._target, during="your app did not start")
        except EndedError as error:
            if error.how.killed is not None:
                raise
            said = error.how.said.strip()[-400:]
            told = f"the process ended (exit code {error.how.exit_code})" + (f": {said}" if said else "")
            raise FailedError(f"your app did not start: {told}") from None
        if self._start:
            self.start_up()

    def start_up(self) -> None:
        """Run the application's start, if it has one. Raises FailedError when it says that it failed."""
        said = self.seat.ask("startup", during="your app did not start: its lifespan raised")
        if isinstance(said, dict) and said.get("failed"):
            raise FailedError(f"your app did not start: {str(said['failed'])[:800]}")

    def shut_down(self) -> None:
        """Run the application's end, if it has one."""
        self.seat.ask("shutdown", during="the end of your app's lifespan raised")

    def begin(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | Sequence[tuple[str, Any]] = (),
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        json_body: Any = None,
        form: Mapping[str, str] | None = None,
        body: bytes = b"",
        credit: int = UNLIMITED,
    ) -> Exchange:
        """Send a request without waiting; *credit* is how many parts of the response's body are taken at first."""
        url = urlsplit(path)
        listed = (
            [(name.lower(), value) for name, value in dict(headers).items()]
            if isinstance(headers, Mapping)
            else [(name.lower(), value) for name, value in headers]
        )
        if json_body is not None:
            body, kind = json.dumps(json_body).encode(), "application/json"
        elif form is not None:
            body, kind = urlencode(form).encode(), "application/x-www-form-urlencoded"
        else:
            kind = ""
        present = {name for name, _ in listed}
        listed += [("host", "testserver")] if "host" not in present else []
        listed += [("content-type", kind)] if kind and "content-type" not in present else []
        listed += [("content-length", str(len(body)))] if body and "content-length" not in present else []
        asked = f"{method} {path}"
        exchange = Exchange(self, 0, asked, began_s=self._now_s())
        exchange.number = self.seat.request(
            "request",
            body,
            method=method,
            path=url.path,
            raw_path=quote(url.path, safe="/%:@!$&'()*+,;=~-._"),
            query=url.query or urlencode(list(query.items()) if isinstance(query, Mapping) else list(query)),
            headers=listed,
            credit=credit,
        )
        self._exchanges[exchange.number] = exchange
        return exchange

    def request(self, method: str, path: str, *, patience_s: float = PATIENCE_S, **more: Any) -> Response:
        """Send a request and wait for its response; *more* is as `begin` takes it."""
        return self.begin(method, path, **more).wait(patience_s)

    def get(self, path: str, **more: Any) -> Response:
        """GET."""
        return self.request("GET", path, **more)

    def post(self, path: str, json_body: Any = None, **more: Any) -> Response:
        """POST, usually with a JSON body."""
        return self.request("POST", path, json_body=json_body, **more)

    def ping(self) -> int:
        """Ask the event loop for a sign of life; `seat.has_answered` tells whether it has given one."""
        return self.seat.request("ping")

    def until(self, true: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
        """Take what comes until *true*."""
        self.seat.until(lambda: bool(true()), patience_s)

    def within(self, true: Callable[[], object], patience_s: float = 1.0) -> bool:
        """Whether *true* becomes true in that time, in seconds: for what a wrong project never does."""
        try:
            self.until(true, patience_s)
        except SlowError:
            return False
        return True

    def _respond(self, head: dict[str, Any], body: bytes) -> None:
        exchange = self._exchanges[int(head["response"])]
        if "status" in head:
            exchange.status = int(head["status"])
            exchange.headers = [(str(name), str(value)) for name, value in head["headers"]]
        elif "more" in head:
            exchange.parts.append(body)
            exchange.complete = not head["more"]
        else:
            exchange.raised = raised_of(head["error"]) if "error" in head else None
            exchange.done, exchange.ended_s = True, self._now_s()
            del self._exchanges[exchange.number]

    def _now_s(self) -> float | None:
        return self.seat.clock.now_s if self.seat.clock is not None else None
