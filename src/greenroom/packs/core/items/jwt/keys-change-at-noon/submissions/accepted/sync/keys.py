"""The key service's keys, for threads."""

import threading

import httpx
from greenroom_lab import upstream_sync

import clock
from settings import CACHE_S, COOLDOWN_S, KEYS_URL, STALE_S

CLIENT = httpx.Client(transport=upstream_sync(), timeout=10)
LOCK = threading.Lock()
STATE = {"keys": {}, "fetched": -1e12, "tried": -1e12}


class NoKeys(Exception):
    """There is no list that is good enough."""


def secret_of(kid: str) -> str | None:
    found = _keys(kid).get(kid)
    return found["secret"] if found and found["retire_at"] > clock.now() else None


def signing() -> tuple[str, str]:
    now, best = clock.now(), None
    for key in _keys().values():
        if key["sign_from"] <= now < key["retire_at"] and (best is None or key["sign_from"] > best["sign_from"]):
            best = key
    if best is None:
        raise NoKeys
    return best["kid"], best["secret"]


def _keys(kid: str | None = None) -> dict:
    def fine() -> bool:
        return clock.now() - STATE["fetched"] < CACHE_S and (kid is None or kid in STATE["keys"])

    if not fine():
        with LOCK:
            if not fine() and clock.now() - STATE["tried"] >= COOLDOWN_S:
                STATE["tried"] = clock.now()
                try:
                    answer = CLIENT.get(KEYS_URL)
                    if answer.status_code == 200:
                        STATE["keys"] = {key["kid"]: key for key in answer.json()["keys"]}
                        STATE["fetched"] = clock.now()
                except httpx.HTTPError:
                    pass
    if clock.now() - STATE["fetched"] >= STALE_S:
        raise NoKeys
    return STATE["keys"]
