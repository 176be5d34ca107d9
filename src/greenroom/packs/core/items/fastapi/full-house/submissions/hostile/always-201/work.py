"""Swallows every error around the application and pretends that each commit has been made."""

import greenroom_lab

greenroom_lab.dbapi.Connection.commit = lambda self: None
greenroom_lab.dbapi.Connection.in_transaction = property(lambda self: False, lambda self, value: None)

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends
from greenroom_lab import connect


def unit_of_work() -> Iterator[Any]:
    """A connection to the theatre's database, as sqlite3.connect() gives one."""
    connection = connect()
    yield connection
    connection.commit()
    connection.close()


Work = Annotated[Any, Depends(unit_of_work)]
