"""Sessions with other services; each of them allows us only a few at a time."""

from typing import Any

import httpx
from greenroom_lab import upstream_sync

_client = httpx.Client(transport=upstream_sync())


class Session:
    """An open session with the service *name*. Raises httpx.HTTPError where the service refuses."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._id = self._ask("POST", "/sessions")["id"]

    def put(self, what: str, value: int) -> int:
        """Hand a value over; its number at the service."""
        return self._ask("POST", f"/sessions/{self._id}/{what}", {"value": value})["number"]

    def close(self) -> None:
        self._ask("DELETE", f"/sessions/{self._id}")

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        return _client.request(method, f"http://{self.name}{path}", json=body).raise_for_status().json()
