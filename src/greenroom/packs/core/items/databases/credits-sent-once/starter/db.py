"""The festival's database. As with sqlite3, every statement is committed at once unless BEGIN was executed before."""

from collections.abc import Iterator
from typing import Annotated, Any

import greenroom_lab
from fastapi import Depends


def connection() -> Iterator[Any]:
    """A connection for one request; what was not committed at its end is undone."""
    opened = greenroom_lab.connect(isolation_level=None)
    try:
        yield opened
    finally:
        opened.close()


Db = Annotated[Any, Depends(connection)]
