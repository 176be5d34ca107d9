"""A cache of what is slow to load."""

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

    async def get(self, key: str) -> Value:
        """The value of *key*. Raises what `load` raises."""
        until, value = self._kept.get(key, (None, None))
        if until is None or clock.now() >= until:
            value = await self._load(key)
            self._kept[key] = (clock.now() + self._seconds, value)
        return value
