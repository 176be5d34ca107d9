"""What others have to do when an account goes."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from greenroom.platform.database import AsyncConnection


class Farewell(Protocol):
    """What else has to happen when an account is deleted."""

    async def leaving(self, connection: AsyncConnection, user_id: str, now: datetime) -> None:
        """In the transaction that deletes the account, before it does."""

    async def left(self) -> None:
        """After it was committed. Must not raise."""
