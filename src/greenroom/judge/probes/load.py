"""Load in virtual time: requests at given times, an outside world that takes its time, and exact latencies of both."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from greenroom.judge.probes.seats import PATIENCE_S, Seat
from greenroom.judge.probes.service import Exchange, Service
from greenroom.judge.probes.upstream import Call, Reply, Upstream
from greenroom.judge.probes.virtual_time import VirtualTime


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of *values* that *share* of them (0 to 1) do not exceed: the nearest rank, nothing in between."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def peak(intervals: Iterable[tuple[float, float]]) -> int:
    """How many of *intervals*, (from, until) without their ends, overlap at most."""
    changes = sorted(change for start, end in intervals for change in ((start, 1), (end, -1)))
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


class Load:
    """Requests to *service*, whose time is virtual; `exchanges` are those that were sent."""

    def __init__(self, service: Service) -> None:
        assert isinstance(service.seat.clock, VirtualTime)
        self.service, self.clock = service, service.seat.clock
        self.exchanges: list[Exchange] = []
        self._to_come = 0

    def at(self, when_s: float, method: str, path: str, **more: Any) -> None:
        """Send a request *when_s* seconds from the beginning of time; *more* is as `Service.begin` takes it."""
        self._to_come += 1

        def send() -> None:
            self._to_come -= 1
            self.exchanges.append(self.service.begin(method, path, **more))

        self.clock.at(when_s, send)

    def wait(self, patience_s: float = PATIENCE_S) -> list[Exchange]:
        """All exchanges, once all have been sent and have ended. Raises SlowError *patience_s* seconds from now."""
        self.clock.until(lambda: not self._to_come and all(one.done for one in self.exchanges), patience_s)
        return self.exchanges


def latencies_s(exchanges: Iterable[Exchange]) -> list[float]:
    """How long each of *exchanges* that has ended took, from the request to the end of its response."""
    return [one.ended_s - one.began_s for one in exchanges if one.ended_s is not None and one.began_s is not None]


def in_flight(exchanges: Iterable[Exchange]) -> int:
    """How many of *exchanges* were open at once at most."""
    return peak((one.began_s or 0, math.inf if one.ended_s is None else one.ended_s) for one in exchanges)


def throughput(exchanges: Iterable[Exchange]) -> float:
    """Responses a second, from the first request to the last response; 0 without any."""
    ended = [(one.began_s, one.ended_s) for one in exchanges if one.began_s is not None and one.ended_s is not None]
    if not ended:
        return 0.0
    return len(ended) / max(max(end for _, end in ended) - min(start for start, _ in ended), 1e-9)


@dataclass
class Served:
    """A call to the outside world: when it came, when it was begun, when it was answered."""

    call: Call
    came_s: float
    began_s: float | None = None
    ended_s: float | None = None


class TimedUpstream(Upstream):
    """A service that works on *places* calls at once, each for *takes_s* of it, and lets the others queue.

    `served` has all calls with their times.
    """

    def __init__(
        self,
        answer: Callable[[Call], Reply],
        *,
        clock: VirtualTime,
        takes_s: Callable[[Call], float],
        places: int = 1,
    ) -> None:
        super().__init__(answer, held=True)
        self.served: list[Served] = []
        self._clock, self._takes_s, self._free = clock, takes_s, places
        self._queue: deque[Served] = deque()

    def serve(self, seat: Seat, asked: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes] | None:
        """Take a call, and begin it once there is a place."""
        super().serve(seat, asked, body)
        served = Served(self.waiting[-1], self._clock.now_s)
        self.served.append(served)
        self._queue.append(served)
        self._begin()
        return None

    def _begin(self) -> None:
        while self._free and self._queue:
            self._free -= 1
            served = self._queue.popleft()
            served.began_s = self._clock.now_s
            self._clock.after(self._takes_s(served.call), lambda served=served: self._end(served))  # type: ignore[misc]

    def _end(self, served: Served) -> None:
        served.ended_s = self._clock.now_s
        self._free += 1
        self.release(served.call)
        self._begin()
