"""Connections to the database that are kept open, because to open one takes 30 ms."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from greenroom_lab import connect

from settings import GRANTED, WORKERS

PATIENCE_S = 10.0


class Pool:
    """At most *size* connections, opened when they are first needed and kept."""

    def __init__(self, size: int) -> None:
        self._left = threading.BoundedSemaphore(size)
        self._free: queue.LifoQueue[Any] = queue.LifoQueue()

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """A connection for one short piece of work: committed at its end, undone when it raises, given back always."""
        if not self._left.acquire(timeout=PATIENCE_S):
            raise TimeoutError("no connection is free")
        try:
            try:
                connection = self._free.get_nowait()
            except queue.Empty:
                connection = connect()
            try:
                with connection:
                    yield connection
            finally:
                self._free.put(connection)
        finally:
            self._left.release()


pool = Pool(GRANTED // WORKERS)
