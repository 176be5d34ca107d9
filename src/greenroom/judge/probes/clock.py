"""The time that a project finds outside its process, as `greenroom_lab.now()`: it passes when the examiner says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from greenroom.judge.probes.seats import Seat

START = 2_000_000_000
"""May 2033: far enough from the machine's own time for a project that asks that one to be noticed at once."""


@dataclass
class Clock:
    """Seconds since 1970, the same for every process that was given this clock."""

    now: float = START

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def serve(self, _seat: Seat, _asked: dict[str, Any], _body: bytes) -> tuple[dict[str, Any], bytes]:
        """Tell the time."""
        return {"now": self.now}, b""
