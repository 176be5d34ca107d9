"""Connections to the database that are kept open, because to open one takes 30 ms."""

import threading
from typing import Any

from greenroom_lab import connect

from settings import GRANTED


class Pool:
    """Keeps *size* connections. connect() gives one, as sqlite3.connect() does, to be used in any thread."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._free: list[Any] = []
        self._lock = threading.Lock()

    def take(self) -> Any:
        """A connection that nobody else has."""
        with self._lock:
            if self._free:
                return self._free.pop()
        return connect()

    def give_back(self, connection: Any) -> None:
        """It is not needed any more."""
        with self._lock:
            if len(self._free) < self.size:
                self._free.append(connection)
                return
        connection.close()


pool = Pool(8 * GRANTED)
