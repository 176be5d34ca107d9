"""Live events by channel, in process: what a page streams while something runs.

A channel keeps its events for a while after it is closed, so that a page which reconnects with
`Last-Event-ID` misses nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from typing import Any

MOST_EVENTS = 2_000
KEEP_S = 600.0
MOST_CHANNELS = 1_000


@dataclass(frozen=True)
class Event:
    """One event: its number in the channel (from 1; 0 for a passing one), its name and its JSON value."""

    number: int
    name: str
    data: dict[str, Any]


@dataclass
class _Channel:
    events: list[Event] = field(default_factory=list)
    passing: Event | None = None
    closed: bool = False
    opened: float = 0.0
    touched: float = 0.0
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Channels:
    """Channels by key. Publish from the event loop's thread, or through `publisher` from any other."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._channels: dict[str, _Channel] = {}

    def open(self, key: str) -> None:
        """Make the channel if it is not there, and forget the oldest closed ones."""
        self._forget()
        channel = self._channels.setdefault(key, _Channel(opened=self._now()))
        channel.touched = self._now()

    def known(self, key: str) -> bool:
        """Whether the channel is there."""
        return key in self._channels

    def latest(self, prefix: str, keys: Collection[str]) -> tuple[float, str] | None:
        """The channel that was opened last of those that begin with *prefix* or are among *keys*, after when that was.

        Processes of one machine have the same clock for it.
        """
        found = (key for key in reversed(self._channels) if key.startswith(prefix) or key in keys)
        return next(((self._channels[key].opened, key) for key in found), None)

    def publish(self, key: str, name: str, data: dict[str, Any], *, last: bool = False) -> None:
        """Append an event; *last* closes the channel. Events beyond 2,000 are dropped, but for the last."""
        channel = self._channels.get(key)
        if channel is None or channel.closed:
            return
        if len(channel.events) < MOST_EVENTS or last:
            channel.events.append(Event(len(channel.events) + 1, name, data))
        channel.passing = None
        channel.closed = last
        self._wake(channel)

    def forget(self, key: str) -> None:
        """Remove the channel without an event: its listeners end, for what they wait for happens elsewhere."""
        channel = self._channels.pop(key, None)
        if channel is not None:
            channel.closed = True
            self._wake(channel)

    def publish_passing(self, key: str, name: str, data: dict[str, Any]) -> None:
        """Say what holds until the next event: whoever listens then is told, nothing is kept or counted."""
        channel = self._channels.get(key)
        if channel is None or channel.closed:
            return
        channel.passing = Event(0, name, data)
        self._wake(channel)

    def _wake(self, channel: _Channel) -> None:
        channel.touched = self._now()
        channel.changed.set()
        channel.changed = asyncio.Event()

    def publisher(self, key: str, *, passing: bool = False) -> Callable[[str, dict[str, Any]], None]:
        """A function that publishes to *key* from any thread."""
        loop = asyncio.get_running_loop()
        act = self.publish_passing if passing else self.publish

        def publish(name: str, data: dict[str, Any]) -> None:
            loop.call_soon_threadsafe(act, key, name, data)

        return publish

    async def listen(self, key: str, after: int = 0) -> AsyncIterator[Event]:
        """The channel's events from number *after* + 1 on, and passing ones as they come, until it is closed."""
        channel = self._channels.get(key)
        if channel is None:
            return
        told: Event | None = None
        while True:
            changed = channel.changed
            for event in channel.events[after:]:
                yield event
                after = event.number
            if channel.passing is not None and channel.passing is not told and after >= len(channel.events):
                told = channel.passing
                yield told
            if changed is not channel.changed:
                continue
            if channel.closed:
                return
            await changed.wait()

    def _forget(self) -> None:
        oldest = self._now() - KEEP_S
        full = len(self._channels) >= MOST_CHANNELS
        for key in [key for key, one in self._channels.items() if one.closed and (full or one.touched < oldest)]:
            del self._channels[key]
