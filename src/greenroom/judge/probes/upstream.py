"""Services that a project calls, played by the examiner: who called, how many at once, and when each is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from greenroom.judge.probes.seats import Seat, TooMuchError

MOST_CALLS = 20_000

Reply = tuple[int, Any]


@dataclass(frozen=True)
class Call:
    """One request of the project's."""

    seat: Seat
    asked: dict[str, Any]
    method: str
    url: str
    body: bytes

    @property
    def path(self) -> str:
        """The path of its URL."""
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        """The query of its URL, the last value of each name."""
        return dict(parse_qsl(urlsplit(self.url).query))


@dataclass
class Upstream:
    """One or more services. *answer* gives (status, JSON) to a call; while `held`, calls wait until `release`.

    `calls` are all that came; `peak` is how many were unanswered at once at most.
    """

    answer: Callable[[Call], Reply]
    held: bool = False
    calls: list[Call] = field(default_factory=list)
    waiting: list[Call] = field(default_factory=list)
    peak: int = 0

    def serve(self, seat: Seat, asked: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes] | None:
        """Take a call; answer it at once or hold it."""
        call = Call(seat, asked, str(asked["method"])[:16], str(asked["url"])[:2000], body)
        if len(self.calls) >= MOST_CALLS:
            raise TooMuchError(f"your project made more than {MOST_CALLS:,} calls")
        self.calls.append(call)
        self.waiting.append(call)
        self.peak = max(self.peak, len(self.waiting))
        if not self.held:
            self.release(call)
        return None

    def release(self, call: Call | None = None) -> None:
        """Answer *call*, or all that wait."""
        for one in [call] if call is not None else list(self.waiting):
            self.waiting.remove(one)
            status, content = self.answer(one)
            head = {"status": status, "headers": [("content-type", "application/json")]}
            one.seat.reply(one.asked, head, json.dumps(content).encode())

    def refuse(self, call: Call, kind: str = "connect") -> None:
        """Let *call* fail: `connect` or `timeout`."""
        self.waiting.remove(call)
        call.seat.reply(call.asked, {"error": kind, "text": "the service does not answer"})
