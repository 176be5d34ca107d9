"""Processes that start beside each other, and yet meet the world outside one after the other."""

from __future__ import annotations

from typing import Any

from greenroom.judge.probes import bounds
from greenroom.judge.probes.failures import TooMuchError
from greenroom.judge.probes.seats import Handler, Seat


class Gate:
    """What *seat* asks for waits until the gate is opened, in the order in which it came."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._handlers = dict(seat.handlers)
        self._waiting: list[tuple[Handler, dict[str, Any], bytes]] = []
        self._bytes = 0
        seat.handlers.update({name: self._kept(handler) for name, handler in self._handlers.items()})

    def _kept(self, handler: Handler) -> Handler:
        def keep(_seat: Seat, asked: dict[str, Any], body: bytes) -> None:
            self._bytes += len(body)
            if len(self._waiting) >= bounds.MOST_WAITING or self._bytes > bounds.MOST_KEPT:
                raise TooMuchError("your project asked for too many things before it had started")
            self._waiting.append((handler, asked, body))

        return keep

    def open(self) -> None:
        """Serve what has come so far, and what comes from here on at once."""
        self._seat.handlers.update(self._handlers)
        waiting, self._waiting = self._waiting, []
        with self._seat.blaming():
            for handler, asked, body in waiting:
                answer = handler(self._seat, asked, body)
                if answer is not None:
                    self._seat.reply(asked, *answer)
