"""The key service's keys. A list is a value; the cache has one, and one task at most that fetches the next."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx
from greenroom_lab import upstream

import clock
from settings import CACHE_S, COOLDOWN_S, KEYS_URL, STALE_S

Key = dict[str, Any]


class NoKeys(Exception):
    """There is no list that is good enough."""


@dataclass(frozen=True)
class Listing:
    keys: dict[str, Key]
    at: float

    @property
    def age(self) -> float:
        return clock.now() - self.at


@dataclass
class Cache:
    client: httpx.AsyncClient
    listing: Listing = field(default_factory=lambda: Listing({}, float("-inf")))
    tried: float = float("-inf")
    task: asyncio.Task[None] | None = None

    async def look(self, kid: str | None = None) -> dict[str, Key]:
        if self.listing.age >= CACHE_S or (kid is not None and kid not in self.listing.keys):
            if self.task is None and clock.now() - self.tried >= COOLDOWN_S:
                self.tried = clock.now()
                self.task = asyncio.create_task(self._fetch())
            if self.task is not None:
                await asyncio.shield(self.task)
        if self.listing.age >= STALE_S:
            raise NoKeys
        return self.listing.keys

    async def _fetch(self) -> None:
        try:
            found = (await self.client.get(KEYS_URL)).raise_for_status().json()
            self.listing = Listing({key["kid"]: key for key in found["keys"]}, clock.now())
        except Exception:
            pass
        finally:
            self.task = None


CACHE = Cache(httpx.AsyncClient(transport=upstream()))


async def signing_key() -> Key:
    keys, now = await CACHE.look(), clock.now()
    able = sorted((key["sign_from"], kid) for kid, key in keys.items() if key["sign_from"] <= now < key["retire_at"])
    if not able:
        raise NoKeys
    return keys[able[-1][1]]


async def verifying_key(kid: str) -> Key | None:
    key = (await CACHE.look(kid)).get(kid)
    return None if key is None or key["retire_at"] <= clock.now() else key
