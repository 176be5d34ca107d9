"""The database, which all workers share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from greenroom_lab import connect


@contextmanager
def connection() -> Iterator[Any]:
    """A connection, as sqlite3.connect() gives one. Each statement is a transaction of its own."""
    opened = connect(isolation_level=None)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def transaction() -> Iterator[Any]:
    """A connection with one transaction, alone in writing: committed at the end, undone if anything is raised."""
    with connection() as opened:
        opened.execute("BEGIN IMMEDIATE")
        try:
            yield opened
        except BaseException:
            opened.execute("ROLLBACK")
            raise
        opened.execute("COMMIT")
