"""Connections to the database that are kept open, because to open one takes 30 ms."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from greenroom_lab import connect

from settings import GRANTED, WORKERS


class Pool:
    """*size* connections, all opened at the start."""

    def __init__(self, size: int) -> None:
        self._free: queue.Queue[Any] = queue.Queue()
        for _ in range(size):
            self._free.put(connect())

    @contextmanager
    def connection(self) -> Iterator[Any]:
        connection = self._free.get()
        yield connection
        connection.commit()
        self._free.put(connection)


pool = Pool(GRANTED // WORKERS)
