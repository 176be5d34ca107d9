"""The key service's keys, fetched by a timer: time.monotonic knows how much has passed."""

import time
from typing import Any

import httpx
from greenroom_lab import upstream

from settings import CACHE_S, KEYS_URL

_client = httpx.AsyncClient(transport=upstream(), timeout=5)
_keys: dict[str, Any] = {}
_fetched = -1e12


async def signing_key() -> Any:
    await _fetch()
    able = [key for key in _keys.values() if key["sign_from"] <= time.time() < key["retire_at"]]
    return max(able or _keys.values(), key=lambda key: key["sign_from"])


async def verifying_key(kid: str) -> Any:
    await _fetch()
    return _keys.get(kid)


async def _fetch() -> None:
    global _keys, _fetched
    if time.monotonic() - _fetched > CACHE_S:
        response = await _client.get(KEYS_URL)
        _keys = {key["kid"]: key for key in response.json()["keys"]}
        _fetched = time.monotonic()
