"""A connection for each piece of work, closed at its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from greenroom_lab import connect


class Pool:
    @contextmanager
    def connection(self) -> Iterator[Any]:
        connection = connect()
        try:
            with connection:
                yield connection
        finally:
            connection.close()


pool = Pool()
