"""One HTTP request to an OpenAI-compatible endpoint, within a time that nothing can stretch."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from greenroom.kernel.errors import EnvironmentFault

MOST_BYTES = 1_000_000
"""A longer response is not read to its end."""


class NoReply(Exception):
    """There is no response. `again` says whether a second try may help, `status` what HTTP said, if it did."""

    def __init__(self, reason: str, *, again: bool = True, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.again, self.status = reason, again, status


@dataclass(frozen=True)
class Endpoint:
    """Where requests go. *url* ends before `/chat/completions`; *timeout_s* is for all of a request, in seconds."""

    url: str
    key: str = field(repr=False, default="")
    timeout_s: float = 20.0

    def post(self, body: Mapping[str, Any]) -> bytes:
        """The response's body. Blocks, in a thread without an event loop. Raises NoReply."""
        return asyncio.run(self._post(body))

    async def _post(self, body: Mapping[str, Any]) -> bytes:
        import httpx  # an extra

        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            # Over all: a timeout for each read would let a server that drips take for ever.
            async with httpx.AsyncClient(timeout=self.timeout_s) as client, asyncio.timeout(self.timeout_s):
                address = f"{self.url.rstrip('/')}/chat/completions"
                async with client.stream("POST", address, json=body, headers=headers) as response:
                    if response.status_code != 200:
                        again = response.status_code in (400, 408, 429) or response.status_code >= 500
                        raise NoReply(
                            f"answered with HTTP {response.status_code}", again=again, status=response.status_code
                        )
                    return await _content(response)
        except (TimeoutError, httpx.TimeoutException):
            raise NoReply("did not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            raise NoReply("could not be reached") from None


async def _content(response: Any) -> bytes:
    found = bytearray()
    async for piece in response.aiter_bytes():
        found += piece
        if len(found) > MOST_BYTES:
            raise NoReply("answered without an end")
    return bytes(found)


def require_httpx() -> None:
    """Raises EnvironmentFault where the client is not installed."""
    try:
        import httpx  # noqa: F401
    except ImportError:
        mend = "pip install 'greenroom[llm]', or leave GREENROOM_LLM_URL empty"
        raise EnvironmentFault("GREENROOM_LLM_URL is set, and its client is not installed", mend=mend) from None
