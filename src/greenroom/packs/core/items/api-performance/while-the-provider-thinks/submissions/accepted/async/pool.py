"""Connections, each with the one thread that uses it."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from greenroom_lab import connect


class Pool:
    """So many threads, each with a connection of its own for ever."""

    def __init__(self, size: int) -> None:
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(size, initializer=self._open)

    def _open(self) -> None:
        self._own.connection = connect()

    async def run(self, work: Callable[[Any], Any]) -> Any:
        """What *work* gives, in a transaction."""

        def whole() -> Any:
            with self._own.connection as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._threads, whole)
