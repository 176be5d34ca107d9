"""The unit of work: one connection and one transaction for each request."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends
from greenroom_lab import connect


def unit_of_work() -> Iterator[Any]:
    """A connection to the theatre's database, as sqlite3.connect() gives one."""
    connection = connect()
    try:
        yield connection
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.close()


Work = Annotated[Any, Depends(unit_of_work)]
