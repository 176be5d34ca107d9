"""Time that the examiner has: it stands while the project computes, and goes on to the next event when it does not.

    clock = VirtualTime()
    model = TimedUpstream(answer, clock=clock, takes_s=lambda call: 0.004)
    service = lab.service("app:app", upstream=model, virtual_time=clock)
    load = Load(service)
    for n in range(500):
        load.at(0.010 * n, "GET", "/")
    load.wait()

What happens, and when, is decided and stamped here: the project learns of a request, a reply or a time when it is due,
and only says that it waits. If it says so while it works, time goes on without it; if it never says so, its limit of
CPU time ends it. Whole nanoseconds, so a run is the same every time, however busy the machine is.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable

from greenroom.judge.probes.seats import PATIENCE_S, FailedError, Seat, SlowError

MOST_INSTANTS = 100_000
"""Times that the project may be woken up; a loop that sleeps for nothing ends there."""

_START_NS = 100 * 10**9  # what the process is told at the beginning: a monotonic clock that says 0 is none
_NS = 10**9


class VirtualTime:
    """The clock of one process of the project. `instants` counts how often the process was woken up."""

    def __init__(self) -> None:
        self.instants = 0
        self._ns = _START_NS
        self._events: list[tuple[int, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._seat: Seat | None = None
        self._written = 0
        self._within = False
        self._said: tuple[int, int | None] = (-1, None)

    def govern(self, seat: Seat) -> None:
        """Be the clock of *seat*, which has done nothing yet."""
        asked = seat.request("clock")
        self._seat, seat.clock, self._written = seat, self, seat.written
        seat.wait(asked, during="your project did not start")

    @property
    def now_s(self) -> float:
        """Seconds since the beginning."""
        return (self._ns - _START_NS) / _NS

    def at(self, when_s: float, act: Callable[[], object]) -> None:
        """Do *act*, which waits for nothing, *when_s* seconds after the beginning, or now when that is past."""
        self._put(_START_NS + round(when_s * _NS), act)

    def after(self, delay_s: float, act: Callable[[], object]) -> None:
        """Do *act* in *delay_s* seconds; what is put for the same time is done in the order in which it was put."""
        self._put(self._ns + round(delay_s * _NS), act)

    def until(self, true: Callable[[], bool], patience_s: float | None = PATIENCE_S) -> None:
        """Let time go on until *true*, which is asked whenever the process has nothing to do.

        Raises SlowError after *patience_s* seconds of this time, or when nothing is left that could happen,
        and EndedError and GarbledError as `Seat.take_until`.
        """
        end = None if patience_s is None else self._ns + round(patience_s * _NS)
        while True:
            due = self._due()
            if true():
                return
            if due is None:
                raise SlowError(f"no answer, and nothing is left to wait for at {self.now_s:g} s")
            if end is not None and due > end:
                self._ns = end
                raise SlowError(f"no answer within {patience_s:g} s")
            self._go_to(due)

    def run(self, until_s: float) -> None:
        """Let time go on to *until_s* seconds after the beginning, all that is due then included."""
        end = _START_NS + round(until_s * _NS)
        while (due := self._due()) is not None and due <= end:
            self._go_to(due)
        self._ns = max(self._ns, end)

    def idle(self, seen: int, until: object) -> None:
        """What the process says. Raises ValueError for a time that is none."""
        if until is None:
            self._said = (seen, None)
        elif isinstance(until, float | int) and math.isfinite(until):
            self._said = (seen, round(until * _NS))
        else:
            raise ValueError(until)

    def _put(self, at: int, act: Callable[[], object]) -> None:
        heapq.heappush(self._events, (max(at, self._ns), next(self._order), act))

    def _due(self) -> int | None:
        """When something happens next, once the process waits; None when nothing will."""
        assert self._seat is not None
        if self._seat.ended is None:
            assert not self._within, "what is done at a time must not wait"
            self._seat.take_until(lambda: self._said[0] == self._seat_written())
        times = [self._events[0][0]] if self._events else []
        wake = self._said[1]
        if wake is not None and self._seat.ended is None:
            times.append(max(wake, self._ns))
        return min(times, default=None)

    def _seat_written(self) -> int:
        """How many frames the process has been sent since time is virtual."""
        assert self._seat is not None
        return self._seat.written - self._written

    def _go_to(self, at: int) -> None:
        """Let the process live through the instant *at*: what is due then, and its own timers."""
        assert self._seat is not None
        self.instants += 1
        if self.instants > MOST_INSTANTS:
            raise FailedError(f"your project wakes up more than {MOST_INSTANTS:,} times")
        self._ns, self._within = at, True
        self._seat.write({"now": at})
        while self._events and self._events[0][0] <= at:
            heapq.heappop(self._events)[2]()
        self._seat.write({"go": True})
        self._within = False
