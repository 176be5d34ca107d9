"""Signs of life of an event loop, seen from outside: pings that the loop must answer while requests are in flight.

A loop that is blocked answers none, whatever the application says of itself. Where the examiner holds the outside world
back (`Upstream.held`, `Database.hold`) a blocking call never ends, so the count of answered pings is the same on every
machine: prefer that. Where a stall ends by itself its length is a time; compare it with a reference's (`compare`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from greenroom.judge.probes.seats import SlowError
from greenroom.judge.probes.service import Exchange, Service

PATIENCE_S = 1.0
"""Seconds that a ping is waited for: a loop that is free answers within a few milliseconds."""


@dataclass(frozen=True)
class Beats:
    """What became of pings that were sent one after another; `longest_s` is how long one waited at most, in seconds."""

    sent: int
    answered: int
    longest_s: float

    @property
    def unanswered(self) -> int:
        """Pings that the loop has left without an answer."""
        return self.sent - self.answered

    @property
    def told(self) -> str:
        """It in a few words."""
        return f"{self.answered} of {self.sent} pings answered, the longest wait {self.longest_s * 1000:.0f} ms"


def beats(service: Service, pings: int = 10, patience_s: float = PATIENCE_S) -> Beats:
    """Send so many pings, each once the one before is answered.

    After one that is not answered within *patience_s* no more are sent: they count as unanswered.
    """
    longest = 0.0
    for number in range(pings):
        began = time.monotonic()
        ping = service.ping()
        answered = service.within(lambda ping=ping: service.seat.has_answered(ping), patience_s)  # type: ignore[misc]
        longest = max(longest, time.monotonic() - began)
        if not answered:
            return Beats(pings, number, longest)
    return Beats(pings, pings, longest)


def beats_during(service: Service, exchanges: Iterable[Exchange], patience_s: float = 20.0) -> Beats:
    """Ping until all of *exchanges*, which have been begun, are done; what is unanswered then has waited as long.

    Raises SlowError when they are not done within *patience_s* seconds.
    """
    going = list(exchanges)
    until, sent, answered, longest = time.monotonic() + patience_s, 0, 0, 0.0
    while not all(one.done for one in going):
        began = time.monotonic()
        if began > until:
            raise SlowError(f"no answer within {patience_s:g} s")
        sent, ping = sent + 1, service.ping()
        service.until(lambda ping=ping: service.seat.has_answered(ping), until - began)  # type: ignore[misc]
        answered += not all(one.done for one in going)
        longest = max(longest, time.monotonic() - began)
    return Beats(sent, answered, longest)


def settle(service: Service, rounds: int = 20, patience_s: float = PATIENCE_S) -> bool:
    """Let the loop go round so often, so that whatever is ready has got as far as it can; False when it is blocked."""
    return beats(service, rounds, patience_s).unanswered == 0


def most(service: Service, count: Callable[[], int], wanted: int, rounds: int = 30) -> int:
    """What *count* grows to, up to *wanted*, while the examiner holds everything back.

    It is taken for final when the loop has gone round *rounds* times, and a quarter of a second passed, without a
    change: what runs in threads of the project needs longer than the loop.
    """
    seen = -1
    while seen < count() < wanted:
        seen = count()
        settle(service, rounds)
        service.within(lambda: count() >= wanted, 0.25)
    return count()
