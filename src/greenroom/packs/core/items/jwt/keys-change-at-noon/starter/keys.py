"""The key service's keys."""

from typing import TypedDict

import httpx
from greenroom_lab import upstream

from settings import KEYS_URL

_client = httpx.AsyncClient(transport=upstream(), timeout=5)
_keys: dict[str, "Key"] = {}


class Key(TypedDict):
    """A key as it is listed."""

    kid: str
    secret: str
    sign_from: int
    retire_at: int


async def signing_key() -> Key:
    """The key that new tokens are signed with."""
    if not _keys:
        await _fetch()
    return next(iter(_keys.values()))


async def verifying_key(kid: str) -> Key | None:
    """The key *kid*; None when there is none that counts."""
    if kid not in _keys:
        await _fetch()
    return _keys.get(kid)


async def _fetch() -> None:
    response = await _client.get(KEYS_URL)
    _keys.update({key["kid"]: key for key in response.json()["keys"]})
