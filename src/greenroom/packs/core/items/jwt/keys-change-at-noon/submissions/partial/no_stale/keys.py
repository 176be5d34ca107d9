"""The key service's keys: cached, fetched seldom, and used on for a while when they cannot be fetched."""

import asyncio
from typing import TypedDict

import httpx
from greenroom_lab import upstream

import clock
from settings import CACHE_S, COOLDOWN_S, KEYS_URL, STALE_S

_client = httpx.AsyncClient(transport=upstream(), timeout=5)
_lock = asyncio.Lock()
_keys: dict[str, "Key"] = {}
_fetched = _tried = -(10**12)


class NoKeys(Exception):
    """There is no list that is good enough."""


class Key(TypedDict):
    """A key as it is listed."""

    kid: str
    secret: str
    sign_from: int
    retire_at: int


async def signing_key() -> Key:
    """The key that new tokens are signed with. Raises NoKeys."""
    await _ensure(lambda: _is_fresh())
    now = clock.now()
    able = [key for key in _keys.values() if key["sign_from"] <= now < key["retire_at"]]
    if not able:
        raise NoKeys
    return max(able, key=lambda key: key["sign_from"])


async def verifying_key(kid: str) -> Key | None:
    """The key *kid*; None when there is none that counts. Raises NoKeys."""
    await _ensure(lambda: _is_fresh() and kid in _keys)
    key = _keys.get(kid)
    return key if key is not None and clock.now() < key["retire_at"] else None


def _is_fresh() -> bool:
    return clock.now() < _fetched + CACHE_S


async def _ensure(is_enough) -> None:
    if not is_enough():
        async with _lock:  # whoever waited here finds what the one before has fetched
            if not is_enough() and clock.now() >= _tried + COOLDOWN_S:
                await _fetch()
    if clock.now() >= _fetched + STALE_S:
        raise NoKeys


async def _fetch() -> None:
    global _keys, _fetched, _tried
    _tried = clock.now()
    try:
        response = await _client.get(KEYS_URL)
        response.raise_for_status()
        _keys = {key["kid"]: key for key in response.json()["keys"]}
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        raise NoKeys from None
    _fetched = clock.now()
