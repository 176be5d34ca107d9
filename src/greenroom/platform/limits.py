"""Named rate limits, counted in this process or in a Redis or Valkey that several processes share."""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

log = structlog.get_logger(__name__)

_IPV6_SITE = 64
"""One host can choose any address of its /64: they count as one."""


@dataclass(frozen=True)
class Verdict:
    """Whether it may go on, and if not in how many seconds room is made."""

    allowed: bool
    retry_after_s: int


_FREE = Verdict(allowed=True, retry_after_s=0)


class RateLimits:
    """The limits of *rules*: name to text such as `10/15 minutes`. An empty text is no limit.

    *url* is `redis://…`; without it, each process counts for itself. Where the Redis cannot be reached nothing is
    counted and that is logged: nobody is to be locked out by it.
    """

    def __init__(self, rules: Mapping[str, str], url: str = "") -> None:
        self._items: dict[str, RateLimitItem] = {name: parse(text) for name, text in rules.items() if text}
        storage = (
            RedisStorage(f"async+{url}", implementation="redispy", wrap_exceptions=False) if url else MemoryStorage()
        )
        # A moving window in memory walks over every key at each hit, in threads, and trips over one that is cleared.
        self._limiter = SlidingWindowCounterRateLimiter(storage)

    async def hit(self, name: str, *key: str) -> Verdict:
        """Count one more of *key* under the limit *name*; it is not counted when there is no room."""
        item = self._items.get(name)
        if item is None:
            return _FREE
        try:
            if await self._limiter.hit(item, name, *key):
                return _FREE
            stats = await self._limiter.get_window_stats(item, name, *key)
        except Exception as error:
            log.warning("a rate limit could not be counted", limit=name, reason=f"{type(error).__name__}: {error}")
            return _FREE
        return Verdict(allowed=False, retry_after_s=max(1, math.ceil(stats.reset_time - time.time())))

    async def forget(self, name: str, *key: str) -> None:
        """Begin counting *key* anew: somebody has shown who they are."""
        item = self._items.get(name)
        if item is not None:
            try:
                await self._limiter.clear(item, name, *key)
            except Exception as error:
                log.warning("a rate limit could not be cleared", limit=name, reason=str(error))


def counted_address(address: str) -> str:
    """*address* as it is counted: IPv6 by its /64, an IPv4 that is written as IPv6 as itself, else as it stands."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _IPV6_SITE), strict=False))
