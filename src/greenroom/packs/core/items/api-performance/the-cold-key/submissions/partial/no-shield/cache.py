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
        self._running: dict[str, asyncio.Task[Value]] = {}

    async def get(self, key: str) -> Value:
        """The value of *key*. Raises what `load` raises."""
        kept = self._kept.get(key)
        if kept is not None and clock.now() < kept[0]:
            return kept[1]
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(self._loaded(key))
        return await task

    async def _loaded(self, key: str) -> Value:
        try:
            value = await self._load(key)
            self._kept[key] = (clock.now() + self._seconds, value)
            return value
        finally:
            del self._running[key]
