"""A cache of what is slow to load."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import clock

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Values that `load` gives for a key, each kept for *seconds* from when it was loaded."""

    def __init__(self, load: Callable[[str], Awaitable[Value]], seconds: float) -> None:
        self._load = load
        self._seconds = seconds
        self._kept: dict[str, tuple[float, Value]] = {}
        self._lock = asyncio.Lock()

    def _fresh(self, key: str) -> tuple[float, Value] | None:
        kept = self._kept.get(key)
        return kept if kept is not None and clock.now() < kept[0] else None

    async def get(self, key: str) -> Value:
        """The value of *key*. Raises what `load` raises."""
        if kept := self._fresh(key):
            return kept[1]
        async with self._lock:
            if kept := self._fresh(key):
                return kept[1]
            value = await self._load(key)
            self._kept[key] = (clock.now() + self._seconds, value)
            return value
