"""What one process tells all others at once, through the publish and subscribe of a Redis or Valkey."""

from __future__ import annotations

import json
from typing import Any

from greenroom.kernel.errors import EnvironmentFault

_MOST_IDS = 10_000


class RedisHerald:
    """Lists of ids over one *channel* of the server at *url*. Whatever else is said there is not heard."""

    def __init__(self, url: str, channel: str) -> None:
        try:
            from redis.asyncio import Redis  # noqa: PLC0415 (an extra)
        except ImportError:
            raise EnvironmentFault(
                "GREENROOM_REDIS_URL needs the extra `scale`", mend="install `greenroom[scale]`"
            ) from None
        self._redis: Any = Redis.from_url(url, socket_connect_timeout=5, health_check_interval=15)
        self._channel = channel
        self._listening: Any = None

    async def tell(self, session_ids: list[str]) -> None:
        """Tell the others. Raises redis' errors."""
        await self._redis.publish(self._channel, json.dumps(session_ids))

    async def hear(self) -> list[str]:
        """Wait for what others tell. Raises redis' errors; the next call connects anew."""
        if self._listening is None:
            listening = self._redis.pubsub(ignore_subscribe_messages=True)
            await listening.subscribe(self._channel)
            self._listening = listening
        try:
            message = await self._listening.get_message(timeout=5.0)
        except Exception:
            await self._end_listening()
            raise
        return _ids(message["data"]) if message is not None else []

    async def close(self) -> None:
        """Close the connections."""
        await self._end_listening()
        await self._redis.aclose()

    async def _end_listening(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None:
            await listening.aclose()


def _ids(said: bytes) -> list[str]:
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, list) or len(found) > _MOST_IDS:
        return []
    return [one for one in found if isinstance(one, str) and len(one) <= 64]
